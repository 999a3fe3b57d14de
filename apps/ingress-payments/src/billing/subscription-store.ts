import type { TransactionSql } from "postgres";
import type { SubscriptionState } from "./subscription-state.ts";

export async function findSubscription(
  tx: TransactionSql,
  organizationId: string,
  stripeSubscriptionId: string,
): Promise<SubscriptionState | null> {
  const [row] = await tx<SubscriptionState[]>`
    select stripe_subscription_id "stripeSubscriptionId", customer_id "customerId", status,
      current_period_end "currentPeriodEnd", cancel_at_period_end "cancelAtPeriodEnd", state_at "stateAt",
      event_id "eventId"
    from billing_subscriptions
    where organization_id = ${organizationId} and stripe_subscription_id = ${stripeSubscriptionId}`;
  return row ?? null;
}

export async function saveSubscription(
  tx: TransactionSql,
  organizationId: string,
  state: SubscriptionState,
): Promise<void> {
  await tx`
    insert into billing_subscriptions (organization_id, stripe_subscription_id, customer_id, status,
      current_period_end, cancel_at_period_end, state_at, event_id)
    values (${organizationId}, ${state.stripeSubscriptionId}, ${state.customerId}, ${state.status},
      ${state.currentPeriodEnd}, ${state.cancelAtPeriodEnd}, ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, stripe_subscription_id) do update set customer_id = excluded.customer_id,
      status = excluded.status, current_period_end = excluded.current_period_end,
      cancel_at_period_end = excluded.cancel_at_period_end, state_at = excluded.state_at,
      event_id = excluded.event_id, updated_at = now()`;
}
