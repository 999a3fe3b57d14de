import { isAhead, leaveApprovedPayload } from "@carewire/envelope";
import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { leaveTopic, recordedTopic } from "./workforce-topics.ts";

/**
 * Maps an approved leave to one envelope that carries the raw body itself, deduplicated by its `webhook-id`. A body that
 * says it is another `event` is recorded.
 */
export function toEnvelopes({ rawBody, body, messageId, nowMs }: RequestToMap): MappedRequest {
  if (messageId === undefined) return { ok: false, reason: "it has no webhook-id" };
  const envelope = (topic: string, occurredAtMs: number): MappedRequest => ({
    ok: true,
    externalId: messageId,
    envelopes: [{ topic, key: messageId, occurredAt: new Date(occurredAtMs), payload: rawBody }],
  });
  if (body.event !== undefined && body.event !== "leave.approved") return envelope(recordedTopic, nowMs);
  const read = leaveApprovedPayload.safeParse(body);
  if (!read.success) {
    const fields = read.error.issues.map(({ path, message }) => `${String(path[0])} (${message})`);
    return { ok: false, reason: `it lacks a usable ${fields.join(", ")}` };
  }
  const { approved_at } = read.data;
  if (isAhead(approved_at, nowMs)) return { ok: false, reason: "its approved_at lies in the future" };
  return envelope(leaveTopic, Date.parse(approved_at));
}
