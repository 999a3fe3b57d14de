import { type EventDraft, operationalEvent } from "@carewire/bus";
import { isOperationalType, publicId } from "@carewire/envelope";
import type { Decision } from "../policy/decide.ts";

/** A delivery whose attempt is over. */
export interface EndedDelivery {
  delivery: { id: string; organizationId: string; eventId: string; attempt: number; probe: boolean };
  target: { id: string; accountId: string | null };
  /** null: the event is gone. */
  eventType: string | null;
  /** The publisher's own id of the event. */
  externalId: string | null;
  traceparent: string | null;
}

/**
 * What tells the owner that a delivery ended without success; null when it goes on, arrived or was a ping. A delivery
 * that was itself to tell something of the kind ends silently, or one broken endpoint would never have enough.
 */
export function exhaustedEvent(
  ended: EndedDelivery,
  decision: Decision,
  { sourceService, nowMs }: { sourceService: string; nowMs: number },
): EventDraft | null {
  const { delivery, target, eventType, externalId, traceparent } = ended;
  if (decision.step !== "failed" && decision.step !== "disable") return null;
  if (delivery.probe || eventType === null || isOperationalType(eventType)) return null;
  const draft = operationalEvent({
    type: "message.attempt.exhausted",
    organizationId: delivery.organizationId,
    accountId: target.accountId,
    subscriptionId: target.id,
    payload: {
      delivery_id: publicId("dlv", delivery.id),
      event_id: externalId ?? publicId("evt", delivery.eventId),
      event_type: eventType,
      attempts: delivery.attempt,
      reason: decision.reason.slice(0, 512),
    },
    sourceService,
    nowMs,
  });
  return { ...draft, causedBy: delivery.eventId, traceparent };
}
