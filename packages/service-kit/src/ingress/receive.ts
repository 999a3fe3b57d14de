import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Acceptance, Acceptor } from "@carewire/bus";
import { type Clock, newId } from "@carewire/envelope";
import { acceptsContentType } from "../http/content-type.ts";
import { readBody } from "../http/read-body.ts";
import { readTraceparent } from "../http/read-traceparent.ts";
import type { KeepMalformed } from "./keep-malformed.ts";
import { pickHeaders } from "./kept-headers.ts";
import { mapRequest, toEvents } from "./map-request.ts";
import type { Outcome, StoredVerdict } from "./outcome.ts";
import type { BoundProvider } from "./provider.ts";
import type { SourceRules } from "./source-rules.ts";
import type { Sources } from "./sources.ts";
import type { TlsRule } from "./tls-rule.ts";

export interface ReceiverDeps {
  /** Recorded as the `source_service` of the events, e.g. `ingress-payments`. */
  service: string;
  organizationId: string;
  acceptor: Acceptor;
  keepMalformed: KeepMalformed;
  sources: Sources;
  tlsRule: TlsRule;
  sourceRules: SourceRules;
  clock: Clock;
  /** Called at `ingress.before_commit` and `ingress.after_commit`; test builds crash there. */
  failpoint(name: string): void;
}

/** Takes one request from its headers to its outcome; never rejects. */
export type Receive = (provider: BoundProvider, request: IncomingMessage) => Promise<Outcome>;

/**
 * The ingress pipeline. The order is the point: what the connection and the headers tell, then the raw bytes, then
 * the signature over them, then the rules of the source that signed, and only then parsing; nothing unsigned is ever
 * parsed, stored, or counted against a source's rate.
 */
export function createReceive(deps: ReceiverDeps): Receive {
  return async (provider, request) => {
    const refusal = refuseUnread(deps, provider, request);
    if (refusal) return refusal;
    const read = await readBody(request, provider.bodyBytesMax);
    if (!read.ok) return { verdict: read.reason };
    const verification = provider.verify(request.headers, read.bytes, deps.clock.now());
    if (!verification.ok) return { verdict: "unauthorized", code: verification.code };
    const { source } = verification;
    const limited = refuseSource(deps.sourceRules, provider, source, request);
    if (limited) return limited;
    try {
      const signed = { rawBody: read.bytes, messageId: verification.id, source };
      const outcome = await accept(deps, provider, request, signed);
      return provider.reply ? withReply(provider.reply, outcome, read.bytes, deps.clock.now()) : outcome;
    } catch (error) {
      return { verdict: "unavailable", error };
    }
  };
}

/** What can be refused before a byte of the body is read. */
function refuseUnread(
  { tlsRule, sourceRules }: ReceiverDeps,
  provider: BoundProvider,
  request: IncomingMessage,
): Outcome | null {
  if (!tlsRule(request)) return { verdict: "insecure" };
  const reason = sourceRules.refuseUnread(provider, request);
  if (reason) return { verdict: "forbidden", reason };
  if (!acceptsContentType(request.headers["content-type"], provider.contentTypes)) {
    const detail = `Send ${provider.contentTypes.join(" or ")} in UTF-8.`;
    return { verdict: "unsupported_media_type", detail };
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    return { verdict: "unsupported_media_type", detail: "Send the body without a Content-Encoding." };
  }
  return null;
}

function refuseSource(
  rules: SourceRules,
  provider: BoundProvider,
  source: string,
  request: IncomingMessage,
): Outcome | null {
  const reason = rules.refuse(provider, source, request);
  if (reason) return { verdict: "forbidden", reason };
  const retryAfterSeconds = rules.takeToken(provider, source);
  return retryAfterSeconds === null ? null : { verdict: "rate_limited", retryAfterSeconds };
}

interface SignedRequest {
  rawBody: Buffer;
  messageId: string | undefined;
  source: string;
}

async function accept(
  deps: ReceiverDeps,
  provider: BoundProvider,
  request: IncomingMessage,
  signed: SignedRequest,
): Promise<StoredOutcome> {
  const { organizationId, clock } = deps;
  const { rawBody } = signed;
  const sourceId = await deps.sources.idOf(provider.provider, signed.source);
  const headers = pickHeaders(request.headers, provider.keptHeaders);
  const bodyHash = hash("sha256", rawBody, "buffer");
  const contentType = request.headers["content-type"] ?? "";
  const mapped = await mapRequest(provider, { ...signed, contentType, nowMs: clock.now() });
  if (!mapped.ok) {
    const { keyTtlDays, fallbackTopic: topic } = provider;
    const { reason } = mapped;
    await deps.keepMalformed({
      organizationId,
      sourceId,
      topic,
      headers,
      rawBody,
      bodyHash,
      reason,
      keyTtlDays,
      messageId: signed.messageId ?? null,
    });
    return { verdict: "malformed", reason };
  }
  const inboundId = newId(clock.now());
  const { externalId } = mapped;
  deps.failpoint("ingress.before_commit");
  const acceptances = await deps.acceptor.submit({
    organizationId,
    scope: sourceId,
    keyTtlDays: provider.keyTtlDays,
    inbound: { id: inboundId, sourceId, externalId, headers, bodyHash, body: rawBody },
    events: toEvents(mapped, {
      ...deps,
      inboundRequestId: inboundId,
      rawBody,
      bodyHash,
      traceparent: readTraceparent(request.headers.traceparent),
    }),
  });
  deps.failpoint("ingress.after_commit");
  return summarize(acceptances);
}

type StoredOutcome = Extract<Outcome, { verdict: StoredVerdict }>;

const withReply = (
  reply: NonNullable<BoundProvider["reply"]>,
  outcome: StoredOutcome,
  rawBody: Buffer,
  nowMs: number,
): Outcome => ({ ...outcome, reply: reply(outcome.verdict, { rawBody, nowMs }) });

/** One verdict for a request of several events: a conflict outranks what is new, and that what is not. */
function summarize(acceptances: Acceptance[]): StoredOutcome {
  const telling =
    acceptances.find(({ status }) => status === "conflict") ??
    acceptances.find(({ status }) => status === "accepted") ??
    acceptances[0];
  if (!telling) throw new Error("a provider mapped a request to no event at all");
  return { verdict: telling.status, eventId: telling.eventId };
}
