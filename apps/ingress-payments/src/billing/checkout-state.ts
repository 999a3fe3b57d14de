import { takesPrecedence } from "@carewire/bus";
import type { CheckoutEvent } from "../providers/stripe/event-schemas.ts";
import type { PublicEvent } from "./public-event.ts";

/** One row of `billing_checkouts`. */
export interface CheckoutState {
  stripeSessionId: string;
  orderId: string | null;
  customerId: string | null;
  stripeSubscriptionId: string | null;
  paymentStatus: "unpaid" | "failed" | "no_payment_required" | "paid";
  /** In the currency's smallest unit. */
  amount: number | null;
  currency: string | null;
  stateAt: Date;
  eventId: string;
}

/** What the event says beyond the row: needed to tell subscribers, not to decide the state. */
export interface CheckoutFacts {
  livemode: boolean;
  /** The payment itself, when Stripe names one. */
  paymentIntentId: string | null;
  /** An invoiced session's payment is told by the invoice's own events. */
  invoiced: boolean;
}

const finalities: Record<CheckoutState["paymentStatus"], number> = {
  unpaid: 0,
  failed: 1,
  no_payment_required: 2,
  paid: 3,
};

/**
 * What a `checkout.session.*` event says. The order is the `client_reference_id`, or `metadata.order_id`. A completed
 * session may still be unpaid: delayed payment methods report with an `async_payment_*` event later.
 */
export function readCheckout(event: CheckoutEvent): { state: CheckoutState; facts: CheckoutFacts } {
  const { object } = event.data;
  const failed = event.type === "checkout.session.async_payment_failed";
  return {
    state: {
      stripeSessionId: object.id,
      orderId: object.client_reference_id ?? object.metadata?.order_id ?? null,
      customerId: object.customer,
      stripeSubscriptionId: object.subscription,
      paymentStatus: failed ? "failed" : object.payment_status,
      amount: object.amount_total ?? null,
      currency: object.currency ?? null,
      stateAt: new Date(event.created * 1_000),
      eventId: event.id,
    },
    facts: {
      livemode: event.livemode,
      paymentIntentId: object.payment_intent,
      invoiced: object.invoice !== null || object.subscription !== null,
    },
  };
}

/** The state to store (null: the event is old news), and what to tell subscribers. */
export interface CheckoutChange {
  state: CheckoutState | null;
  events: PublicEvent[];
}

/** Decides what an incoming state changes. Each status is told once, whatever repeats or overtakes it. */
export function changeCheckout(
  current: CheckoutState | null,
  incoming: CheckoutState,
  facts: CheckoutFacts,
): CheckoutChange {
  if (current && !takesPrecedence(positionOf(incoming), positionOf(current)))
    return { state: null, events: [] };
  if (current?.paymentStatus === incoming.paymentStatus) return { state: incoming, events: [] };
  return { state: incoming, events: [...tellPayment(incoming, facts), ...tellOrder(incoming, facts)] };
}

const positionOf = ({ paymentStatus, stateAt, eventId }: CheckoutState) => ({
  finality: finalities[paymentStatus],
  stateAt,
  eventId,
});

function tellPayment(state: CheckoutState, facts: CheckoutFacts): PublicEvent[] {
  const { paymentStatus, amount, currency } = state;
  if (facts.invoiced || amount === null || currency === null) return [];
  if (paymentStatus !== "paid" && paymentStatus !== "failed") return [];
  const paymentId = facts.paymentIntentId ?? state.stripeSessionId;
  return [
    {
      type: paymentStatus === "paid" ? "payment.succeeded" : "payment.failed",
      subject: paymentId,
      occurredAt: state.stateAt,
      data: {
        payment_id: paymentId,
        checkout_session_id: state.stripeSessionId,
        ...(state.customerId === null ? {} : { customer_id: state.customerId }),
        ...(state.orderId === null ? {} : { order_id: state.orderId }),
        amount,
        currency,
        livemode: facts.livemode,
      },
    },
  ];
}

function tellOrder(state: CheckoutState, facts: CheckoutFacts): PublicEvent[] {
  if (state.paymentStatus !== "paid" || state.orderId === null) return [];
  return [
    {
      type: "order.paid",
      subject: state.orderId,
      occurredAt: state.stateAt,
      data: {
        order_id: state.orderId,
        // A guest has no Stripe customer; the session is then all that identifies who paid.
        customer_id: state.customerId ?? state.stripeSessionId,
        checkout_session_id: state.stripeSessionId,
        ...(state.amount === null ? {} : { amount: state.amount }),
        ...(state.currency === null ? {} : { currency: state.currency }),
        livemode: facts.livemode,
      },
    },
  ];
}
