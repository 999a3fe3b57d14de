import type { TailMessage } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import { deliveryStatus, deliveryTrigger } from "../../deliveries/delivery-status.ts";
import { shownEventId } from "../../events/event-row.ts";
import type { TailedAttempt, TailedDelivery, TailedEvent, TailedRows } from "./read-tail.ts";

/** A message, and what decides who may see it. */
export interface TailItem {
  id: string;
  organizationId: string;
  accountId: string | null;
  message: TailMessage;
}

const eventId = (row: TailedDelivery | TailedAttempt) =>
  shownEventId({ id: row.event_id, external_id: row.external_id, type: row.type });

function ofEvent(row: TailedEvent): TailMessage {
  return {
    event: "event",
    data: {
      id: shownEventId(row),
      type: row.type,
      created_at: row.occurred_at.toISOString(),
      accepted_at: row.created_at.toISOString(),
    },
  };
}

function ofDelivery(row: TailedDelivery): TailMessage {
  return {
    event: "delivery",
    data: {
      id: publicId("dlv", row.id),
      subscription_id: publicId("sub", row.subscription_id),
      event_id: eventId(row),
      event_type: row.type,
      status: deliveryStatus(row.status, row.attempts),
      trigger: deliveryTrigger(row.trigger),
      created_at: row.created_at.toISOString(),
    },
  };
}

function ofAttempt(row: TailedAttempt): TailMessage {
  return {
    event: "attempt",
    data: {
      id: publicId("att", row.id),
      delivery_id: publicId("dlv", row.delivery_id),
      subscription_id: publicId("sub", row.subscription_id),
      event_id: eventId(row),
      event_type: row.type,
      n: row.n,
      outcome: row.outcome,
      response_code: row.http_status,
      duration_ms: row.duration_ms,
      next_step: row.next_step,
      reason: row.reason,
      next_retry_at: row.next_retry_at?.toISOString() ?? null,
      delivery_status: deliveryStatus(row.status, row.attempts),
      started_at: row.started_at.toISOString(),
      created_at: row.created_at.toISOString(),
    },
  };
}

type Row = TailedEvent | TailedDelivery | TailedAttempt;

/** Everything as messages, in the order of their ids. No payload, subject, address or answer is among it. */
export function toTailItems({ events, deliveries, attempts }: TailedRows): TailItem[] {
  const item = (row: Row, message: TailMessage): TailItem => ({
    id: row.id,
    organizationId: row.organization_id,
    accountId: row.account_id,
    message,
  });
  return [
    ...events.map((row) => item(row, ofEvent(row))),
    ...deliveries.map((row) => item(row, ofDelivery(row))),
    ...attempts.map((row) => item(row, ofAttempt(row))),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}
