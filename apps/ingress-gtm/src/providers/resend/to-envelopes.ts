import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { topicOf } from "./resend-topics.ts";

const typePattern = /^[A-Za-z0-9_.-]{1,64}$/;
const latestMs = Date.UTC(9999, 11, 31);

/**
 * Maps a Resend event to one envelope that carries the raw body itself. The message's id is the event's: Resend keeps
 * it over retries and when somebody sends the event again.
 * @see https://resend.com/docs/dashboard/webhooks/event-types
 */
export function toEnvelopes({ rawBody, body, messageId, nowMs }: RequestToMap): MappedRequest {
  if (messageId === undefined) return { ok: false, reason: "it has no message id" };
  const { type, created_at } = body;
  if (typeof type !== "string" || !typePattern.test(type))
    return { ok: false, reason: "it has no usable event type" };
  const createdMs = typeof created_at === "string" ? Date.parse(created_at) : Number.NaN;
  const occurredAt = new Date(createdMs >= 0 && createdMs <= latestMs ? createdMs : nowMs);
  return {
    ok: true,
    externalId: messageId,
    envelopes: [{ topic: topicOf(type), key: messageId, occurredAt, payload: rawBody }],
  };
}
