import type { ParsedSecret, RequestHeaders, VerificationInput, VerifyingKey } from "@carewire/verifiers";

/** One event found in a verified request. */
export interface MappedEnvelope {
  /** Internal topic, `cari.<domain>.<past_tense>`. */
  topic: string;
  /** The provider's id of this event; the same key from the same source is never stored twice. */
  key: string;
  /** When it happened, by the provider's clock. */
  occurredAt: Date;
  /** JSON bytes. Give the raw body itself (the same reference) when the event is the whole request: it is then stored once. */
  payload: Uint8Array;
}

/** What a request holds, or why it cannot be understood. `reason` must not quote the body. */
export type MappedRequest =
  | { ok: true; externalId: string; envelopes: readonly MappedEnvelope[] }
  | { ok: false; reason: string };

/** Everything a mapper may look at: the exact bytes and the same bytes parsed (an object, at most 64 levels deep). */
export interface RequestToMap {
  rawBody: Uint8Array;
  body: Record<string, unknown>;
  nowMs: number;
}

export type Verification = { ok: true } | { ok: false; code: string };

/**
 * A provider of inbound webhooks: data and pure functions. Everything else (limits, storage, answers, metrics) is
 * the pipeline's, the same for all of them.
 */
export interface InboundProvider<Key = VerifyingKey> {
  /** Lower-case name: metric label, and `sources.provider`. */
  provider: string;
  /** Express path. */
  path: string;
  methods: readonly ("post" | "put")[];
  /** Accepted media types, lower-case, without parameters; a charset other than UTF-8 is refused. */
  contentTypes: readonly string[];
  bodyBytesMax: number;
  /** How long event ids are remembered, days: longer than the provider retries or lets people resend. */
  keyTtlDays: number;
  /** Request headers kept with the request besides content-type and user-agent. Never signatures or cookies. */
  keptHeaders: readonly string[];
  /** The topic under which requests that cannot be mapped are dead-lettered. */
  fallbackTopic: string;
  /** Prepares one secret of the list; called once per secret, at start. */
  parseSecret(text: string): ParsedSecret<Key>;
  /** Checks the signature over the raw bytes. Never throws on hostile input. */
  verify(
    request: Omit<VerificationInput<VerifyingKey>, "secrets"> & { secrets: readonly Key[] },
  ): Verification;
  /** Finds the events in a verified request. Never throws. */
  toEnvelopes(request: RequestToMap): MappedRequest;
  /** The body of a 200 answer, JSON; default `{received: true, id, duplicate?: true}`. */
  successBody?(answer: SuccessAnswer): string;
}

/** What a 200 answer tells: the public id of the first event, and whether it was there before. */
export interface SuccessAnswer {
  id: string;
  duplicate: boolean;
}

/** A provider with its secrets: what `createIngress` takes. */
export interface BoundProvider extends Omit<InboundProvider, "parseSecret" | "verify"> {
  verify(headers: RequestHeaders, rawBody: Uint8Array, nowMs: number): Verification;
}

/**
 * Ties a provider to its secrets, newest first; any of them verifies, so that a secret can be rotated.
 * Throws when a secret is not one, naming its position and never its text.
 */
export function bindProvider<Key>(
  provider: InboundProvider<Key>,
  secretTexts: readonly string[],
): BoundProvider {
  const { parseSecret, verify, ...rest } = provider;
  const secrets = secretTexts.map((text, index) => {
    const parsed = parseSecret(text);
    if (!parsed.ok)
      throw new Error(`${provider.provider} secret ${index + 1} is not usable: ${parsed.detail}`);
    return parsed.key;
  });
  if (secrets.length === 0) throw new Error(`${provider.provider} needs at least one secret`);
  return { ...rest, verify: (headers, rawBody, nowMs) => verify({ headers, rawBody, nowMs, secrets }) };
}
