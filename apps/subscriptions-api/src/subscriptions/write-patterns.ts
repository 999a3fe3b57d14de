import type { Queryable } from "@carewire/db";
import type { SubscriptionRow } from "./subscription-row.ts";

/** Explodes a subscription's events into the rows that routing looks up, replacing those it had. */
export async function writePatterns(tx: Queryable, subscription: SubscriptionRow): Promise<void> {
  const { id, organization_id, account_id, shard, active, events, filter, ordering } = subscription;
  await tx`delete from subscription_patterns where subscription_id = ${id}`;
  await tx`
    insert into subscription_patterns (organization_id, pattern, subscription_id, account_id, shard, held, filtered, fifo)
    select ${organization_id}::uuid, pattern, ${id}::uuid, ${account_id}::uuid, ${shard}::smallint,
      ${!active}::boolean, ${filter !== null}::boolean, ${ordering === "fifo"}::boolean
    from unnest(${events}::text[]) pattern`;
}
