import { isAhead, videoCallCompletedPayload } from "@carewire/envelope";
import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { recordedTopic, videoCallTopic } from "./emr-topics.ts";

/**
 * Maps an EMR request to one envelope that carries the raw body itself, deduplicated by its `webhook-id`. Events other
 * than `video_call.completed` are recorded.
 */
export function toEnvelopes({ rawBody, body, messageId, nowMs }: RequestToMap): MappedRequest {
  if (messageId === undefined) return { ok: false, reason: "it has no webhook-id" };
  const envelope = (topic: string, occurredAtMs: number): MappedRequest => ({
    ok: true,
    externalId: messageId,
    envelopes: [{ topic, key: messageId, occurredAt: new Date(occurredAtMs), payload: rawBody }],
  });
  const { event } = body;
  if (typeof event !== "string" || event === "") return { ok: false, reason: "it has no event name" };
  if (event !== "video_call.completed") return envelope(recordedTopic, nowMs);
  const read = videoCallCompletedPayload.safeParse(body);
  if (!read.success) {
    const fields = read.error.issues.map(({ path, message }) => `${String(path[0])} (${message})`);
    return { ok: false, reason: `it lacks a usable ${fields.join(", ")}` };
  }
  const { completed_at } = read.data;
  if (isAhead(completed_at, nowMs)) return { ok: false, reason: "its completed_at lies in the future" };
  return envelope(videoCallTopic, Date.parse(completed_at));
}
