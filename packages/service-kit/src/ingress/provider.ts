import type { Sql } from "@carewire/db";
import type { ParsedSecret, RequestHeaders, VerificationInput, VerifyingKey } from "@carewire/verifiers";
import type { ParsedBody } from "../http/parse-body.ts";
import type { ChallengeAnswer } from "./challenge.ts";
import type { StoredVerdict } from "./outcome.ts";

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
  /** The bytes that tell a repeat from another event of the same key. Default: the payload. */
  compared?: Uint8Array;
}

/** What a request holds, or why it cannot be understood. `reason` must not quote the body. */
export type MappedRequest =
  | { ok: true; externalId: string; envelopes: readonly MappedEnvelope[] }
  | { ok: false; reason: string };

/** Everything a mapper may look at: the exact bytes and the same bytes parsed (an object, at most 64 levels deep). */
export interface RequestToMap {
  rawBody: Uint8Array;
  body: Record<string, unknown>;
  /** The id the signature covers (`webhook-id`, `svix-id`), where the scheme has one: the key to deduplicate by. */
  messageId?: string;
  /** The name of the source whose secret signed; `default` unless the provider tells sources apart. */
  source?: string;
  /** The parts of the address that `path` names. Empty when a request that was kept is mapped again. */
  params?: PathParams;
  nowMs: number;
}

/** What stood in the place of each `:name` of a path. */
export type PathParams = Readonly<Record<string, string | undefined>>;

/**
 * `matchedSecretIndex` points into the `secrets` given. `unproven`: of a provider that signs nothing, and the address
 * proves nothing either; such a request is kept only if `isKnown` says so.
 */
export type Verification =
  | { ok: true; id?: string; matchedSecretIndex: number }
  | { ok: true; unproven: true }
  | { ok: false; code: string };

/** The code of a refusal that is answered 404: the address itself is none of ours. */
export const addressUnknown = "address_unknown";

/** The source that the secrets of the environment belong to, unless the provider tells sources apart. */
export const defaultSource = "default";

/** The source of requests that nothing proves; only providers with `isKnown` have it. */
export const unprovenSource = "unproven";

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
  /**
   * Accepted media types, lower-case, without parameters; a charset other than UTF-8 is refused. `any`: whatever the header
   * says, or none, for senders who promise nothing about it; `parse` has to cope.
   */
  contentTypes: readonly string[] | "any";
  bodyBytesMax: number;
  /** How long event ids are remembered, days: longer than the provider retries or lets people resend. */
  keyTtlDays: number;
  /** Request headers kept with the request besides content-type and user-agent. Never signatures or cookies. */
  keptHeaders: readonly string[];
  /** The topic under which requests that cannot be mapped are dead-lettered. */
  fallbackTopic: string;
  /** Requests per second that each source may send, by default: any number. */
  ratePerSecond?: number;
  /**
   * How long a request may take to store, milliseconds, before it is answered 503: for senders who wait less than the
   * database is given. Default: as long as that.
   */
  answerTimeoutMs?: number;
  /** Prepares one secret of the list; called once per secret, at start. */
  parseSecret(text: string): ParsedSecret<Key>;
  /** The name of the source a secret belongs to; default: all belong to `default`. */
  sourceOf?(key: Key): string;
  /** Checks the signature over the raw bytes. Never throws on hostile input. */
  verify(
    request: Omit<VerificationInput<VerifyingKey>, "secrets"> & {
      secrets: readonly Key[];
      params: PathParams;
    },
  ): Verification;
  /**
   * Whether the events of a request are parts of one message: none of the others is stored when the first conflicts.
   * Default: each stands for itself.
   */
  isOneMessage?: boolean;
  /** Finds the events in a verified request. Never throws. */
  toEnvelopes(request: RequestToMap): MappedRequest;
  /**
   * For providers that sign nothing: whether a request names something we know of. One that does not is answered 200,
   * counted and not kept, so that nobody can fill the database or learn what there is.
   */
  isKnown?(request: RequestToMap, known: { sql: Sql; organizationId: string }): Promise<boolean>;
  /** Answers the GET requests with which the provider makes sure that the address is ours. Never throws. */
  challenge?(query: URLSearchParams): ChallengeAnswer;
  /** Reads a verified body that is not JSON; default: `parseSignedJson`. `contentType` is the header's value. Never throws. */
  parse?(rawBody: Buffer, contentType: string): ParsedBody | Promise<ParsedBody>;
  /** Answers in a format of the provider's own; status and storage stay what the verdict says. Never throws. */
  reply?(verdict: StoredVerdict, request: { rawBody: Uint8Array; nowMs: number }): Reply;
  /** The body of a 200 answer, JSON; default `{received: true, id, duplicate?: true}`. */
  successBody?(answer: SuccessAnswer): string;
}

/** The body of an answer in a provider's own format. */
export interface Reply {
  contentType: string;
  body: string;
}

/** What a 200 answer tells: the public id of the first event, and whether it was there before. */
export interface SuccessAnswer {
  id: string;
  duplicate: boolean;
}

/** Whose secret a request is signed with, or why it is not. */
export type BoundVerification =
  | { ok: true; id?: string; source: string; isProven: boolean }
  | { ok: false; code: string };

/** A provider with its secrets: what `createIngress` takes. */
export interface BoundProvider extends Omit<InboundProvider, "parseSecret" | "sourceOf" | "verify"> {
  /** The names of its sources, each once. */
  sources: readonly string[];
  verify(request: {
    headers: RequestHeaders;
    rawBody: Uint8Array;
    params: PathParams;
    nowMs: number;
  }): BoundVerification;
}

/**
 * Ties a provider to its secrets, newest first; any of them verifies, so that a secret can be rotated.
 * Throws when a secret is not one, naming its position and never its text.
 */
export function bindProvider<Key>(
  provider: InboundProvider<Key>,
  secretTexts: readonly string[],
): BoundProvider {
  const { parseSecret, sourceOf, verify, ...rest } = provider;
  const secrets = secretTexts.map((text, index) => {
    const parsed = parseSecret(text);
    if (!parsed.ok)
      throw new Error(`${provider.provider} secret ${index + 1} is not usable: ${parsed.detail}`);
    return parsed.key;
  });
  if (secrets.length === 0) throw new Error(`${provider.provider} needs at least one secret`);
  const sources = secrets.map((key) => sourceOf?.(key) ?? defaultSource);
  return {
    ...rest,
    sources: [...new Set(provider.isKnown ? [...sources, unprovenSource] : sources)],
    verify(request) {
      const verification = verify({ ...request, secrets });
      if (!verification.ok) return verification;
      if ("unproven" in verification) return { ok: true, source: unprovenSource, isProven: false };
      return {
        ok: true,
        id: verification.id,
        source: sources[verification.matchedSecretIndex] ?? defaultSource,
        isProven: true,
      };
    },
  };
}
