import type { MappedEnvelope, MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { type Item, keyOfBytes, readTimestamp, toItems, whatsAppObject } from "./items.ts";
import { countParts, readChanges } from "./read-changes.ts";
import { recordedTopic } from "./whatsapp-topics.ts";

/** Entries, changes, messages and statuses in one request at most; Meta batches up to 1,000 updates. */
export const partsMax = 15_000;
/** Bytes of all events of one request together: what a change says of all its items is repeated with each. */
export const payloadBytesMax = 16 * 1024 * 1024;

/**
 * Takes a request apart into one envelope per message and per status, each with a key of its own. What is not about
 * messages is recorded as it is.
 * @see https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
 */
export function toEnvelopes(
  { rawBody, body, nowMs }: RequestToMap,
  isOurs: (phoneNumberId: string) => boolean,
): MappedRequest {
  if (!Array.isArray(body.entry)) return { ok: false, reason: "it has no list of entries" };
  if (body.object !== whatsAppObject) return recordWhole(rawBody, nowMs);
  // Before anything is made of them: three megabytes hold a million parts of one byte.
  if (countParts(body.entry) > partsMax) return { ok: false, reason: `it holds more than ${partsMax} parts` };
  const items = readChanges(body.entry).flatMap((change) => toItems(change, isOurs));
  const envelopes = writeDown(items, rawBody, nowMs);
  if (!envelopes)
    return { ok: false, reason: `its events are larger than ${payloadBytesMax} bytes together` };
  const [first] = envelopes;
  return first ? { ok: true, externalId: first.key, envelopes } : recordWhole(rawBody, nowMs);
}

/** A request that is not about WhatsApp, or about nothing. */
function recordWhole(rawBody: Uint8Array, nowMs: number): MappedRequest {
  const key = keyOfBytes(rawBody);
  const envelope = { topic: recordedTopic, key, occurredAt: new Date(nowMs), payload: rawBody };
  return { ok: true, externalId: key, envelopes: [envelope] };
}

/** The items' envelopes, or null when they are too large altogether. */
function writeDown(items: readonly Item[], rawBody: Uint8Array, nowMs: number): MappedEnvelope[] | null {
  const envelopes: MappedEnvelope[] = [];
  let bytes = 0;
  for (const { topic, key, timestamp, part, payload } of items) {
    // A request of one item is that item's payload already, and stored once.
    const written = items.length === 1 && key !== null ? rawBody : toBytes(payload);
    bytes += written.byteLength;
    if (bytes > payloadBytesMax) return null;
    envelopes.push({
      topic,
      key: key ?? keyOfBytes(written),
      occurredAt: readTimestamp(timestamp) ?? new Date(nowMs),
      payload: written,
      compared: toBytes(part),
    });
  }
  return envelopes;
}

const toBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
