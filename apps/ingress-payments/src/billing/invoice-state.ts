import { takesPrecedence } from "@carewire/bus";
import type { InvoiceEvent } from "../providers/stripe/event-schemas.ts";
import type { PublicEvent } from "./public-event.ts";

/** One row of `billing_invoices`. */
export interface InvoiceState {
  stripeInvoiceId: string;
  stripeSubscriptionId: string | null;
  customerId: string | null;
  status: "paid" | "payment_failed";
  /** In the currency's smallest unit: what was paid, or what was due when it failed. */
  amount: number;
  currency: string;
  attemptCount: number;
  stateAt: Date;
  eventId: string;
}

/** What an `invoice.payment_*` event says. */
export function readInvoice(event: InvoiceEvent): InvoiceState {
  const { object } = event.data;
  const paid = event.type === "invoice.payment_succeeded";
  return {
    stripeInvoiceId: object.id,
    stripeSubscriptionId: object.parent?.subscription_details?.subscription ?? object.subscription,
    customerId: object.customer,
    status: paid ? "paid" : "payment_failed",
    amount:
      (paid ? object.amount_paid : object.amount_due) ??
      object.total ??
      object.amount_due ??
      object.amount_paid ??
      0,
    currency: object.currency,
    attemptCount: object.attempt_count,
    stateAt: new Date(event.created * 1_000),
    eventId: event.id,
  };
}

/** The state to store (null: the event is old news), and what to tell subscribers. */
export interface InvoiceChange {
  state: InvoiceState | null;
  events: PublicEvent[];
}

/**
 * Decides what an incoming state changes. A paid invoice stays paid and is told once; a failure is told once per
 * attempt, and not at all when it arrives after the payment that followed it.
 */
export function changeInvoice(
  current: InvoiceState | null,
  incoming: InvoiceState,
  livemode: boolean,
): InvoiceChange {
  if (current && !takesPrecedence(positionOf(incoming), positionOf(current)))
    return { state: null, events: [] };
  const sameStatus = current?.status === incoming.status;
  const told = sameStatus && (incoming.status === "paid" || incoming.attemptCount <= current.attemptCount);
  return { state: incoming, events: told ? [] : [toPublicEvent(incoming, livemode)] };
}

// Attempts are counted, so a later one is later whatever the clocks say; nothing is later than the payment.
const positionOf = ({ status, attemptCount, stateAt, eventId }: InvoiceState) => ({
  finality: status === "paid" ? Number.POSITIVE_INFINITY : attemptCount,
  stateAt,
  eventId,
});

const toPublicEvent = (state: InvoiceState, livemode: boolean): PublicEvent => ({
  type: state.status === "paid" ? "payment.succeeded" : "payment.failed",
  subject: state.stripeInvoiceId,
  occurredAt: state.stateAt,
  data: {
    payment_id: state.stripeInvoiceId,
    invoice_id: state.stripeInvoiceId,
    ...(state.customerId === null ? {} : { customer_id: state.customerId }),
    ...(state.stripeSubscriptionId === null ? {} : { subscription_id: state.stripeSubscriptionId }),
    amount: state.amount,
    currency: state.currency,
    attempt_count: state.attemptCount,
    livemode,
  },
});
