import { publicId, thinView, timestampOfId } from "@carewire/envelope";

/**
 * The `thin` body up to the subscription's own `client_id`: Eka Care's envelope (seed 5) around ids and action. Compact
 * and of a fixed order, because Eka's published consumer verifies what it has parsed and serialised again.
 */
export function thinHead(
  messageId: string,
  event: { id: string; organizationId: string; type: string; occurredAtMs: number; data: Buffer },
): Buffer {
  const envelope = JSON.stringify({
    service: event.type.split(".", 1)[0],
    event: event.type,
    event_time: Math.floor(event.occurredAtMs / 1_000),
    transaction_id: messageId,
    // When it reached us, not when it is sent: all attempts carry the same bytes.
    timestamp: Math.floor(timestampOfId(event.id) / 1_000),
    business_id: publicId("org", event.organizationId),
    data: thinView(event.type, parseExactly(event.data)),
  });
  return Buffer.from(envelope.slice(0, -1));
}

/** Parses JSON with whole numbers past 2^53 as text: an id that lost its last digits is another one's. */
function parseExactly(data: Buffer): unknown {
  const text = data.toString();
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source : value;
}
