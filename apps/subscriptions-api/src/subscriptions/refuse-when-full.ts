import type postgres from "postgres";
import type { Refusal } from "./prepare-choices.ts";

/**
 * Why an organization gets no further subscription; null: it has room. Requests at the same moment do not wait for each
 * other, so that it may end up with as many more as there were of them.
 */
export async function refuseWhenFull(
  tx: postgres.TransactionSql,
  organizationId: string,
  subscriptionsMax: number,
): Promise<Refusal | null> {
  const [counted] = await tx<{ subscriptions: number }[]>`
    select count(*)::int as subscriptions from (
      select 1 from subscriptions where organization_id = ${organizationId} limit ${subscriptionsMax}) found`;
  if (counted === undefined || counted.subscriptions < subscriptionsMax) return null;
  const detail = `The organization has ${subscriptionsMax} subscriptions, and may have no more; delete one first.`;
  return { outcome: "refused", code: "conflict", details: { detail } };
}
