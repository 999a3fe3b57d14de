import { publicId } from "@carewire/envelope";
import { flatBody } from "./flat-body.ts";
import { thinHead } from "./thin-body.ts";

/** What a delivery's body looks like, chosen per subscription; see docs/payload-formats.md. */
export type PayloadFormat = "envelope" | "event" | "flat" | "thin";

/** An event as it leaves: `data` is the publisher's bytes, spliced in untouched wherever the format has them. */
export interface EventContent {
  id: string;
  organizationId: string;
  /** The publisher's own id, shown in place of ours. */
  externalId: string | null;
  type: string;
  occurredAtMs: number;
  data: Buffer;
}

export interface OutgoingEvent {
  /** The message id: the same on every attempt and replay. */
  messageId: string;
  /** The part of the body that all deliveries of the event in this format share; built for the first of them. */
  shared(format: PayloadFormat): Buffer;
}

/** Version of the outgoing envelope (seed 2, "Payload Structure"). */
const apiVersion = "1.0";

/** Prepares an event for sending in any format. */
export function buildEvent(event: EventContent): OutgoingEvent {
  const messageId = event.externalId ?? publicId("evt", event.id);
  const built: Partial<Record<PayloadFormat, Buffer>> = {};
  return {
    messageId,
    shared(format) {
      const known = built[format];
      if (known) return known;
      const shared = buildShared(format, messageId, event);
      built[format] = shared;
      return shared;
    },
  };
}

/** The end of the body: what only this subscription gets. Made once per subscription; null where there is none. */
export function buildTail(format: PayloadFormat, subscriptionId: string): Buffer | null {
  const subscription = publicId("sub", subscriptionId);
  switch (format) {
    case "envelope": {
      const metadata = { api_version: apiVersion, webhook_subscription_id: subscription };
      return Buffer.from(`,"metadata":${JSON.stringify(metadata)}}`);
    }
    case "thin":
      return Buffer.from(`,"client_id":"${subscription}"}`);
    case "event":
    case "flat":
      return null;
  }
}

/** The whole body. Without a tail all deliveries of an event share one buffer, so nobody may write to it. */
export function bodyOf(event: OutgoingEvent, format: PayloadFormat, tail: Buffer | null): Buffer {
  const shared = event.shared(format);
  return tail === null ? shared : Buffer.concat([shared, tail]);
}

function buildShared(format: PayloadFormat, messageId: string, event: EventContent): Buffer {
  switch (format) {
    case "envelope": {
      const createdAt = new Date(event.occurredAtMs).toISOString();
      const opening = `{"id":${JSON.stringify(messageId)},"type":${JSON.stringify(event.type)},"created_at":"${createdAt}","data":`;
      return Buffer.concat([Buffer.from(opening), event.data]);
    }
    case "event": {
      const opening = `{"id":${JSON.stringify(messageId)},"event":${JSON.stringify(event.type)},"payload":`;
      return Buffer.concat([Buffer.from(opening), event.data, Buffer.from("}")]);
    }
    case "flat":
      return flatBody(event.type, event.data);
    case "thin":
      return thinHead(messageId, event);
  }
}
