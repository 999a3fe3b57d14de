import type { TransactionSql } from "postgres";
import type { CheckoutState } from "./checkout-state.ts";

export async function findCheckout(
  tx: TransactionSql,
  organizationId: string,
  stripeSessionId: string,
): Promise<CheckoutState | null> {
  const [row] = await tx<CheckoutState[]>`
    select stripe_session_id "stripeSessionId", order_id "orderId", customer_id "customerId",
      stripe_subscription_id "stripeSubscriptionId", payment_status "paymentStatus", amount::float8, currency,
      state_at "stateAt", event_id "eventId"
    from billing_checkouts
    where organization_id = ${organizationId} and stripe_session_id = ${stripeSessionId}`;
  return row ?? null;
}

export async function saveCheckout(
  tx: TransactionSql,
  organizationId: string,
  state: CheckoutState,
): Promise<void> {
  await tx`
    insert into billing_checkouts (organization_id, stripe_session_id, order_id, customer_id,
      stripe_subscription_id, payment_status, amount, currency, state_at, event_id)
    values (${organizationId}, ${state.stripeSessionId}, ${state.orderId}, ${state.customerId},
      ${state.stripeSubscriptionId}, ${state.paymentStatus}, ${state.amount}, ${state.currency},
      ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, stripe_session_id) do update set order_id = excluded.order_id,
      customer_id = excluded.customer_id, stripe_subscription_id = excluded.stripe_subscription_id,
      payment_status = excluded.payment_status, amount = excluded.amount, currency = excluded.currency,
      state_at = excluded.state_at, event_id = excluded.event_id, updated_at = now()`;
}
