import { type ConsumerHandler, lockObject, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import { changeSubscription, readSubscription } from "../billing/subscription-state.ts";
import { findSubscription, saveSubscription } from "../billing/subscription-store.ts";
import type { SubscriptionEvent } from "../providers/stripe/event-schemas.ts";
import { sourceService } from "../source-service.ts";

/** Applies `customer.subscription.*` to `billing_subscriptions`; tells `billing.subscription_updated` and `_cancelled`. */
export function createApplySubscription({ clock }: { clock: Clock }): ConsumerHandler<SubscriptionEvent> {
  return async (tx, envelope, { organizationId, publish }) => {
    const incoming = readSubscription(envelope.payload);
    await lockObject(tx, organizationId, incoming.stripeSubscriptionId);
    const current = await findSubscription(tx, organizationId, incoming.stripeSubscriptionId);
    const change = changeSubscription(current, incoming, envelope.payload.livemode);
    if (change.state) await saveSubscription(tx, organizationId, change.state);
    await publish(toDrafts({ clock, sourceService }, organizationId, change.events));
  };
}
