import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { handledTopic, recordedTopic, unsupportedTopic } from "./stripe-topics.ts";

/** Which Stripe events may have an effect: only real ones, or those of test mode as well. */
export type AcceptedMode = "live" | "any";

const idPattern = /^[A-Za-z0-9_-]{1,200}$/;
const typePattern = /^[A-Za-z0-9_.-]{1,128}$/;
const latestSeconds = 253_402_300_799; // the year 9999, as far as PostgreSQL and Date agree

/**
 * Maps a Stripe event to one envelope that carries the raw body itself. Events of Connect accounts are
 * deduplicated per account. A test-mode event on a live endpoint is recorded without effect.
 * @see https://docs.stripe.com/api/events/object
 */
export function toEnvelopes({ rawBody, body, nowMs }: RequestToMap, mode: AcceptedMode): MappedRequest {
  const { id, type, account } = body;
  if (typeof id !== "string" || !idPattern.test(id))
    return { ok: false, reason: "it has no usable event id" };
  if (typeof type !== "string" || !typePattern.test(type))
    return { ok: false, reason: "it has no usable event type" };
  if (
    account !== undefined &&
    account !== null &&
    (typeof account !== "string" || !idPattern.test(account))
  ) {
    return { ok: false, reason: "its account is not usable" };
  }
  const key = account ? `${account}:${id}` : id;
  const occurredAt = readCreated(body.created) ?? new Date(nowMs);
  return {
    ok: true,
    externalId: id,
    envelopes: [{ topic: topicOf(body, type, mode), key, occurredAt, payload: rawBody }],
  };
}

function topicOf(body: Record<string, unknown>, type: string, mode: AcceptedMode): string {
  if (body.object === "v2.core.event") return unsupportedTopic;
  if (mode === "live" && body.livemode !== true) return recordedTopic;
  return handledTopic(type) ?? recordedTopic;
}

/** Seconds in v1 events, RFC 3339 text in thin v2 ones. */
function readCreated(created: unknown): Date | null {
  if (typeof created === "number" && Number.isInteger(created) && created >= 0 && created <= latestSeconds) {
    return new Date(created * 1_000);
  }
  const ms = typeof created === "string" ? Date.parse(created) : Number.NaN;
  return ms >= 0 && ms <= latestSeconds * 1_000 ? new Date(ms) : null;
}
