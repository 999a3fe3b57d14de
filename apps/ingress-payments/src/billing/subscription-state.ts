import { takesPrecedence } from "@carewire/bus";
import type { SubscriptionEvent } from "../providers/stripe/event-schemas.ts";
import type { PublicEvent } from "./public-event.ts";

/** One row of `billing_subscriptions`. */
export interface SubscriptionState {
  stripeSubscriptionId: string;
  customerId: string;
  status: string;
  currentPeriodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
  stateAt: Date;
  eventId: string;
}

/** Statuses a Stripe subscription never leaves. */
const endedStatuses = new Set(["canceled", "incomplete_expired"]);

const finalityOf = ({ status }: SubscriptionState): number => (endedStatuses.has(status) ? 1 : 0);

/** What a `customer.subscription.*` event says. A deleted subscription has ended, whatever status it shows. */
export function readSubscription(event: SubscriptionEvent): SubscriptionState {
  const { object } = event.data;
  const periodEnds = (object.items?.data ?? []).map((item) => item.current_period_end ?? 0);
  const periodEnd = object.current_period_end ?? Math.max(0, ...periodEnds);
  const deleted = event.type === "customer.subscription.deleted" && !endedStatuses.has(object.status);
  return {
    stripeSubscriptionId: object.id,
    customerId: object.customer,
    status: deleted ? "canceled" : object.status,
    currentPeriodEnd: periodEnd > 0 ? new Date(periodEnd * 1_000) : null,
    cancelAtPeriodEnd: object.cancel_at_period_end,
    stateAt: new Date(event.created * 1_000),
    eventId: event.id,
  };
}

/** The state to store (null: the event is old news), and what to tell subscribers. */
export interface SubscriptionChange {
  state: SubscriptionState | null;
  events: PublicEvent[];
}

/**
 * Decides what an incoming state changes. Subscribers hear of an end once, and of other changes only when something
 * they are told about differs.
 */
export function changeSubscription(
  current: SubscriptionState | null,
  incoming: SubscriptionState,
  livemode: boolean,
): SubscriptionChange {
  if (current && !takesPrecedence(positionOf(incoming), positionOf(current)))
    return { state: null, events: [] };
  const ended = finalityOf(incoming) > 0;
  const endedBefore = current !== null && finalityOf(current) > 0;
  if (ended && endedBefore) return { state: incoming, events: [] };
  if (!ended && current !== null && !differs(current, incoming)) return { state: incoming, events: [] };
  const type = ended ? "billing.subscription_cancelled" : "billing.subscription_updated";
  return { state: incoming, events: [toPublicEvent(type, incoming, livemode)] };
}

const positionOf = (state: SubscriptionState) => ({
  finality: finalityOf(state),
  stateAt: state.stateAt,
  eventId: state.eventId,
});

const differs = (a: SubscriptionState, b: SubscriptionState): boolean =>
  a.status !== b.status ||
  a.customerId !== b.customerId ||
  a.cancelAtPeriodEnd !== b.cancelAtPeriodEnd ||
  a.currentPeriodEnd?.getTime() !== b.currentPeriodEnd?.getTime();

const toPublicEvent = (
  type: PublicEvent["type"],
  state: SubscriptionState,
  livemode: boolean,
): PublicEvent => ({
  type,
  subject: state.stripeSubscriptionId,
  occurredAt: state.stateAt,
  data: {
    subscription_id: state.stripeSubscriptionId,
    customer_id: state.customerId,
    status: state.status,
    current_period_end: state.currentPeriodEnd?.toISOString() ?? null,
    cancel_at_period_end: state.cancelAtPeriodEnd,
    livemode,
  },
});
