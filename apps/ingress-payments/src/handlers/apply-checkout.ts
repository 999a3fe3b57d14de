import { type ConsumerHandler, lockObject, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import { changeCheckout, readCheckout } from "../billing/checkout-state.ts";
import { findCheckout, saveCheckout } from "../billing/checkout-store.ts";
import type { CheckoutEvent } from "../providers/stripe/event-schemas.ts";
import { sourceService } from "../source-service.ts";

/** Applies `checkout.session.*` to `billing_checkouts`; tells `order.paid`, `payment.succeeded` and `payment.failed`. */
export function createApplyCheckout({ clock }: { clock: Clock }): ConsumerHandler<CheckoutEvent> {
  return async (tx, envelope, { organizationId, publish }) => {
    const { state: incoming, facts } = readCheckout(envelope.payload);
    await lockObject(tx, organizationId, incoming.stripeSessionId);
    const current = await findCheckout(tx, organizationId, incoming.stripeSessionId);
    const change = changeCheckout(current, incoming, facts);
    if (change.state) await saveCheckout(tx, organizationId, change.state);
    await publish(toDrafts({ clock, sourceService }, organizationId, change.events));
  };
}
