import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Acceptance, Acceptor } from "@carewire/bus";
import { type Clock, newId } from "@carewire/envelope";
import { acceptsContentType } from "../http/content-type.ts";
import { createHeldBytes } from "../http/held-bytes.ts";
import { readBody } from "../http/read-body.ts";
import { readTraceparent } from "../http/read-traceparent.ts";
import type { KeepMalformed } from "./keep-malformed.ts";
import { pickHeaders } from "./kept-headers.ts";
import { mapRequest, toEvents } from "./map-request.ts";
import type { Outcome, StoredVerdict } from "./outcome.ts";
import { addressUnknown, type BoundProvider, type PathParams, type RequestToMap } from "./provider.ts";
import { bareReceipt } from "./send-answer.ts";
import type { SourceRules } from "./source-rules.ts";
import type { Sources } from "./sources.ts";
import { submitRequest } from "./submit-request.ts";
import type { TlsRule } from "./tls-rule.ts";
import { withinTime } from "./within-time.ts";

export interface ReceiverDeps {
  /** Recorded as the `source_service` of the events, e.g. `ingress-payments`. */
  service: string;
  organizationId: string;
  /** Whether a request of a provider that signs nothing names something we know of; see `InboundProvider.isKnown`. */
  isKnown(provider: BoundProvider, request: RequestToMap): Promise<boolean>;
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
export type Receive = (
  provider: BoundProvider,
  request: IncomingMessage,
  params: PathParams,
) => Promise<Outcome>;

/** Looking something up may not take all of the time a sender gives an answer. */
const lookupTimeoutMs = 1_500;
/** Of all requests that are being received: anybody can send bodies, and their signatures are checked at their end. */
const heldBytesMax = 134_217_728;

/**
 * The ingress pipeline. The order is the point: what the connection and the headers tell, then the raw bytes, then
 * the signature over them, then the rules of the source that signed, and only then parsing; nothing unsigned is ever
 * parsed, stored, or counted against a source's rate.
 */
export function createReceive(deps: ReceiverDeps): Receive {
  const held = createHeldBytes(heldBytesMax);
  return async (provider, request, params) => {
    const refusal = refuseUnread(deps, provider, request);
    if (refusal) return refusal;
    const read = await readBody(request, provider.bodyBytesMax, held);
    if (!read.ok) return refuseUnreadable(read.reason);
    try {
      return await receiveBody(deps, provider, { request, params, rawBody: read.bytes });
    } finally {
      held.give(read.bytes.length);
    }
  };
}

const noRoom = new Error("the bodies of all requests together take as much memory as they may");

const refuseUnreadable = (reason: "too_large" | "aborted" | "no_room"): Outcome =>
  reason === "no_room" ? { verdict: "unavailable", error: noRoom } : { verdict: reason };

interface ReceivedRequest {
  request: IncomingMessage;
  params: PathParams;
  rawBody: Buffer;
}

async function receiveBody(
  deps: ReceiverDeps,
  provider: BoundProvider,
  { request, params, rawBody }: ReceivedRequest,
): Promise<Outcome> {
  const { headers } = request;
  const verification = provider.verify({ headers, rawBody, params, nowMs: deps.clock.now() });
  if (!verification.ok) return refuseUnverified(verification.code);
  const { source, isProven } = verification;
  const limited = refuseSource(deps.sourceRules, provider, source, request);
  if (limited) return limited;
  try {
    const signed = { rawBody, params, messageId: verification.id, source, isProven };
    const outcome = await inTime(provider, accept(deps, provider, request, signed));
    if (outcome.verdict === "ignored" || outcome.verdict === "unreadable") return outcome;
    // Nothing proves who asks: whether what the request names is known is not theirs to learn.
    if (!isProven) return { ...outcome, reply: bareReceipt };
    if (!provider.reply) return outcome;
    return withReply(provider.reply, outcome, rawBody, deps.clock.now());
  } catch (error) {
    return { verdict: "unavailable", error };
  }
}

const inTime = <T>({ answerTimeoutMs }: BoundProvider, work: Promise<T>): Promise<T> =>
  answerTimeoutMs === undefined ? work : withinTime(work, answerTimeoutMs, "storing a request");

const refuseUnverified = (code: string): Outcome =>
  code === addressUnknown ? { verdict: "not_found" } : { verdict: "unauthorized", code };

/** What can be refused before a byte of the body is read. */
function refuseUnread(
  { tlsRule, sourceRules }: ReceiverDeps,
  provider: BoundProvider,
  request: IncomingMessage,
): Outcome | null {
  if (!tlsRule(request)) return { verdict: "insecure" };
  const reason = sourceRules.refuseUnread(provider, request);
  if (reason) return { verdict: "forbidden", reason };
  const { contentTypes } = provider;
  if (contentTypes !== "any" && !acceptsContentType(request.headers["content-type"], contentTypes)) {
    return { verdict: "unsupported_media_type", detail: `Send ${contentTypes.join(" or ")} in UTF-8.` };
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
  params: PathParams;
  messageId: string | undefined;
  source: string;
  isProven: boolean;
}

async function accept(
  deps: ReceiverDeps,
  provider: BoundProvider,
  request: IncomingMessage,
  signed: SignedRequest,
): Promise<StoredOutcome | UnkeptOutcome> {
  const { organizationId, clock } = deps;
  const { rawBody, isProven, ...known } = signed;
  const contentType = request.headers["content-type"] ?? "";
  const mapped = await mapRequest(provider, { ...known, rawBody, contentType, nowMs: clock.now() });
  if (!mapped.ok && !isProven) return { verdict: "unreadable", reason: mapped.reason };
  if (mapped.ok && provider.isKnown) {
    const looking = deps.isKnown(provider, mapped.request);
    const timeoutMs = provider.answerTimeoutMs ?? lookupTimeoutMs;
    if (!(await withinTime(looking, timeoutMs, "looking up what a request names"))) {
      return { verdict: "ignored" };
    }
  }
  const sourceId = await deps.sources.idOf(provider.provider, signed.source);
  const headers = pickHeaders(request.headers, provider.keptHeaders);
  const bodyHash = hash("sha256", rawBody, "buffer");
  if (!mapped.ok) return keep(deps, provider, signed, { ...mapped, sourceId, headers, bodyHash });
  const inboundId = newId(clock.now());
  const { externalId } = mapped;
  deps.failpoint("ingress.before_commit");
  const submission = {
    organizationId,
    scope: sourceId,
    keyTtlDays: provider.keyTtlDays,
    inbound: {
      id: inboundId,
      sourceId,
      externalId,
      headers,
      bodyHash,
      body: rawBody,
      keepsRepeats: isProven,
    },
    events: toEvents(mapped, {
      ...deps,
      inboundRequestId: inboundId,
      rawBody,
      bodyHash,
      traceparent: readTraceparent(request.headers.traceparent),
    }),
  };
  const acceptances = await submitRequest(provider, deps.acceptor, submission);
  deps.failpoint("ingress.after_commit");
  return summarize(acceptances);
}

async function keep(
  { keepMalformed, organizationId }: ReceiverDeps,
  { keyTtlDays, fallbackTopic: topic }: BoundProvider,
  { rawBody, messageId }: SignedRequest,
  found: { sourceId: string; headers: Record<string, string>; bodyHash: Buffer; reason: string },
): Promise<StoredOutcome> {
  const request = { organizationId, topic, rawBody, keyTtlDays, messageId: messageId ?? null };
  await keepMalformed({ ...request, ...found });
  return { verdict: "malformed", reason: found.reason };
}

type StoredOutcome = Extract<Outcome, { verdict: StoredVerdict }>;
type UnkeptOutcome = Extract<Outcome, { verdict: "ignored" | "unreadable" }>;

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
