import { type Sql, withTenant } from "@carewire/db";
import type { Principal } from "@carewire/service-kit";
import { findSubscription, type SubscriptionRow } from "../subscriptions/subscription-row.ts";

/** The caller's subscription of this public id, when it was made through that product's interface; else null. */
export async function findCompatible(
  sql: Sql,
  principal: Principal,
  given: string,
  compatibility: "mycure" | "eka",
): Promise<SubscriptionRow | null> {
  const row = await withTenant(sql, principal.organizationId, (tx) => findSubscription(tx, principal, given));
  return row?.compatibility === compatibility ? row : null;
}
