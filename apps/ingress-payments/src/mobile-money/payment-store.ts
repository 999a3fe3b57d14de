import type { Queryable } from "@carewire/db";
import type { TransactionSql } from "postgres";
import type { PaymentChange } from "./change-payment.ts";
import type { MobileMoneyProvider, PaymentRow } from "./payment.ts";

/** How a callback names its payment. */
export type PaymentName =
  | { by: "reference"; reference: string }
  | { by: "external_id"; external_id: string }
  | { by: "notif_token"; notif_token_sha256: string };

const matching = (sql: Queryable, name: PaymentName) => {
  switch (name.by) {
    case "reference":
      return sql`reference = ${name.reference}`;
    case "external_id":
      return sql`external_id = ${name.external_id}`;
    case "notif_token":
      return sql`notif_token_hash = ${Buffer.from(name.notif_token_sha256, "hex")}`;
  }
};

/** The payment of that name, or null. */
export async function findPayment(
  sql: Queryable,
  organizationId: string,
  provider: MobileMoneyProvider,
  name: PaymentName,
): Promise<PaymentRow | null> {
  const [row] = await sql<PaymentRow[]>`
    select * from mobile_payments
    where organization_id = ${organizationId} and provider = ${provider} and ${matching(sql, name)} limit 1`;
  return row ?? null;
}

/**
 * Notes a callback: what is not settled is looked at now, if it can be. Several MTN payments may share an external id; all
 * of them are looked at.
 */
export async function noteHint(
  tx: TransactionSql,
  organizationId: string,
  provider: MobileMoneyProvider,
  name: PaymentName,
  hint: { eventId: string; now: Date },
): Promise<void> {
  const { eventId, now } = hint;
  await tx`
    update mobile_payments set hinted_at = greatest(hinted_at, ${now}::timestamptz),
      hint_event_id = ${eventId}, next_look_at = case when started_at is null then next_look_at else least(next_look_at, ${now}::timestamptz) end
    where organization_id = ${organizationId} and provider = ${provider} and ${matching(tx, name)}
      and state in ('pending', 'expired')`;
}

export interface Claim {
  organizationId: string;
  provider: MobileMoneyProvider;
  now: Date;
  leaseMs: number;
  limit: number;
}

/** Leases an organization's due payments, the longest due first; what another worker has leased is left to it. */
export async function claimDue(sql: Queryable, claim: Claim): Promise<PaymentRow[]> {
  const { organizationId, provider, now, leaseMs, limit } = claim;
  return sql<PaymentRow[]>`
    with due as (
      select id from mobile_payments
      where next_look_at <= ${now} and provider = ${provider} and organization_id = ${organizationId}
        and (lease_until is null or lease_until <= ${now})
      order by next_look_at limit ${limit} for update skip locked)
    update mobile_payments p set lease_token = uuidv7(), lease_until = ${new Date(now.getTime() + leaseMs)},
      looked_at = ${now}, look_count = look_count + 1
    from due where p.id = due.id returning p.*`;
}

/** The payment as it is now, for this worker alone; null when its lease went to another. */
export async function lockClaimed(tx: TransactionSql, { id, lease_token }: PaymentRow) {
  const [row] = await tx<PaymentRow[]>`
    select * from mobile_payments where id = ${id} and lease_token = ${lease_token} for update`;
  return row ?? null;
}

/** Whether another payment of the same order has succeeded. */
export async function isOrderPaid(tx: TransactionSql, payment: PaymentRow): Promise<boolean> {
  if (payment.order_id === null) return false;
  const rows = await tx`
    select 1 from mobile_payments where organization_id = ${payment.organization_id}
      and order_id = ${payment.order_id} and state = 'succeeded' and id <> ${payment.id} limit 1`;
  return rows.length > 0;
}

/** Stores what a look changed and gives the lease back. */
export async function savePayment(tx: TransactionSql, id: string, change: PaymentChange): Promise<void> {
  await tx`
    update mobile_payments set state = ${change.state}, reason = ${change.reason},
      provider_transaction_id = ${change.providerTransactionId}, settled_at = ${change.settledAt},
      problem = ${change.problem}, next_look_at = ${change.nextLookAt}, lease_token = null, lease_until = null
    where id = ${id}`;
}

/** Gives a lease back without a look; the payment stays due. */
export async function releaseClaim(sql: Queryable, { id, lease_token }: PaymentRow): Promise<void> {
  await sql`
    update mobile_payments set lease_token = null, lease_until = null
    where id = ${id} and lease_token = ${lease_token}`;
}
