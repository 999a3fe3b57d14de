import { type DataKey, payloadAad } from "@carewire/bus";
import type { StreamDelivery } from "@carewire/contracts";
import {
  bodyOf,
  buildEvent,
  buildTail,
  headerLines,
  openHeaders,
  openSigner,
  outgoingHeaders,
  type SendOutcome,
  type SubscriptionRow,
} from "@carewire/delivery";
import { publicId } from "@carewire/envelope";
import { VaultError } from "@carewire/service-kit";
import type { ClaimedForStream } from "./claim-stream.ts";
import { type StreamLease, sealLease } from "./lease.ts";

export interface MessageContext {
  subscription: SubscriptionRow;
  dataKey: DataKey;
  nowMs: number;
  timeoutMs: number;
}

/** What to send of a delivery, or what came of it at once because there is nothing to send. */
export type PreparedDelivery =
  | { kind: "message"; message: StreamDelivery }
  | { kind: "unsendable"; lease: StreamLease; outcome: SendOutcome };

/** Builds what an endpoint would be sent right now: the same body, headers and signature, with the secrets in force. */
export function prepareDelivery(context: MessageContext, claimed: ClaimedForStream): PreparedDelivery {
  const { subscription, nowMs } = context;
  const lease: StreamLease = {
    deliveryId: claimed.id,
    subscriptionId: subscription.id,
    eventId: claimed.event_id,
    token: claimed.token,
    attempt: claimed.attempts,
    retries: claimed.retries,
    probe: claimed.probe,
    startedAtMs: nowMs,
    eventType: claimed.type,
    externalId: claimed.external_id,
    traceparent: claimed.traceparent,
    requestHeaders: "",
  };
  const content = openContent(context, claimed);
  if ("kind" in content) return { kind: "unsendable", lease, outcome: content };
  return { kind: "message", message: buildMessage(context, claimed, lease, content) };
}

interface Content {
  type: string;
  data: Buffer;
}

function openContent(
  { dataKey }: MessageContext,
  { event_id: eventId, type, body }: ClaimedForStream,
): SendOutcome | Content {
  if (type === null || body === null) return { kind: "payload_erased" };
  try {
    return { type, data: dataKey.open(payloadAad(eventId), body) };
  } catch (error) {
    if (error instanceof VaultError) return { kind: "payload_unreadable" };
    throw error;
  }
}

function buildMessage(
  { subscription, dataKey, nowMs, timeoutMs }: MessageContext,
  claimed: ClaimedForStream,
  lease: StreamLease,
  { type, data }: Content,
): StreamDelivery {
  const { payload_format: format } = subscription;
  const event = buildEvent({
    id: claimed.event_id,
    organizationId: subscription.organization_id,
    externalId: claimed.external_id,
    type,
    occurredAtMs: claimed.occurred_at_ms ?? 0,
    data,
  });
  const body = bodyOf(event, format, buildTail(format, subscription.id));
  const own = outgoingHeaders(openSigner(subscription, dataKey), {
    messageId: event.messageId,
    timestampSeconds: Math.floor(nowMs / 1_000),
    body,
    traceparent: claimed.traceparent,
  });
  const { sent, shown } = openHeaders(subscription, dataKey);
  return {
    delivery_id: publicId("dlv", claimed.id),
    event_id: event.messageId,
    event_type: type,
    attempt: claimed.attempts,
    lease: sealLease(dataKey, { ...lease, requestHeaders: headerLines(own) + shown }),
    timeout_ms: timeoutMs,
    headers: inPairs([...own, ...sent]),
    body: body.toString("base64"),
  };
}

const inPairs = (flat: string[]): [string, string][] =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""] as [string, string]] : []));
