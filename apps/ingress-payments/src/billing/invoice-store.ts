import type { TransactionSql } from "postgres";
import type { InvoiceState } from "./invoice-state.ts";

export async function findInvoice(
  tx: TransactionSql,
  organizationId: string,
  stripeInvoiceId: string,
): Promise<InvoiceState | null> {
  const [row] = await tx<InvoiceState[]>`
    select stripe_invoice_id "stripeInvoiceId", stripe_subscription_id "stripeSubscriptionId",
      customer_id "customerId", status, amount::float8, currency, attempt_count "attemptCount",
      state_at "stateAt", event_id "eventId"
    from billing_invoices
    where organization_id = ${organizationId} and stripe_invoice_id = ${stripeInvoiceId}`;
  return row ?? null;
}

export async function saveInvoice(
  tx: TransactionSql,
  organizationId: string,
  state: InvoiceState,
): Promise<void> {
  await tx`
    insert into billing_invoices (organization_id, stripe_invoice_id, stripe_subscription_id, customer_id, status,
      amount, currency, attempt_count, state_at, event_id)
    values (${organizationId}, ${state.stripeInvoiceId}, ${state.stripeSubscriptionId}, ${state.customerId},
      ${state.status}, ${state.amount}, ${state.currency}, ${state.attemptCount}, ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, stripe_invoice_id) do update set
      stripe_subscription_id = excluded.stripe_subscription_id, customer_id = excluded.customer_id,
      status = excluded.status, amount = excluded.amount, currency = excluded.currency,
      attempt_count = excluded.attempt_count, state_at = excluded.state_at, event_id = excluded.event_id,
      updated_at = now()`;
}
