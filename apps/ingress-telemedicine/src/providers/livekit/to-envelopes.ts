import { hash } from "node:crypto";
import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { topicOf } from "./livekit-topics.ts";

const idPattern = /^[A-Za-z0-9_-]{1,200}$/;
const eventPattern = /^[A-Za-z0-9_.-]{1,128}$/;
const latestSeconds = 253_402_300_799; // the year 9999, as far as PostgreSQL and Date agree

/**
 * Maps a LiveKit event to one envelope that carries the raw body itself. An event without a usable id is known by its
 * bytes: LiveKit never sends again what we refuse, so nothing is refused that can be kept.
 * @see https://docs.livekit.io/home/server/webhooks/
 */
export function toEnvelopes({ rawBody, body, nowMs }: RequestToMap): MappedRequest {
  const { event, id, createdAt } = body;
  if (typeof event !== "string" || !eventPattern.test(event))
    return { ok: false, reason: "it has no usable event name" };
  const key = typeof id === "string" && idPattern.test(id) ? id : `sha256-${hash("sha256", rawBody, "hex")}`;
  const occurredAt = readSeconds(createdAt) ?? new Date(nowMs);
  return {
    ok: true,
    externalId: key,
    envelopes: [{ topic: topicOf(event), key, occurredAt, payload: rawBody }],
  };
}

/** 64-bit numbers are text in protobuf's JSON. */
function readSeconds(value: unknown): Date | null {
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isInteger(seconds) || seconds <= 0 || seconds > latestSeconds) {
    return null;
  }
  return new Date(seconds * 1_000);
}
