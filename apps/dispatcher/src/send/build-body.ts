import { publicId } from "@carewire/envelope";

/** Version of the outgoing envelope (seed 2, "Payload Structure"). */
const apiVersion = "1.0";

export interface OutgoingEvent {
  /** The message id: the same on every attempt and replay. */
  messageId: string;
  /** Everything before the subscription's own part, ready to send. */
  head: Buffer;
}

/** Builds the part of the `envelope` body that all deliveries of an event share. `data` is spliced in untouched. */
export function buildEvent(event: {
  id: string;
  externalId: string | null;
  type: string;
  occurredAtMs: number;
  data: Uint8Array;
}): OutgoingEvent {
  const messageId = event.externalId ?? publicId("evt", event.id);
  const createdAt = new Date(event.occurredAtMs).toISOString();
  const opening = `{"id":${JSON.stringify(messageId)},"type":${JSON.stringify(event.type)},"created_at":"${createdAt}","data":`;
  return { messageId, head: Buffer.concat([Buffer.from(opening), event.data]) };
}

/** The end of the `envelope` body: what only this subscription gets. Made once per subscription. */
export function buildTail(subscriptionId: string): Buffer {
  const metadata = { api_version: apiVersion, webhook_subscription_id: publicId("sub", subscriptionId) };
  return Buffer.from(`,"metadata":${JSON.stringify(metadata)}}`);
}
