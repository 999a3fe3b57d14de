import type { Queryable } from "@carewire/db";
import { isHeld } from "./is-held.ts";
import type { SubscriptionRow } from "./subscription-row.ts";

/** Explodes a subscription's events into the rows that routing looks up, replacing those it had. */
export async function writePatterns(tx: Queryable, subscription: SubscriptionRow): Promise<void> {
  const { id, organization_id, account_id, shard, events, filter, ordering } = subscription;
  await tx`delete from subscription_patterns where subscription_id = ${id}`;
  const held = await isHeld(tx, subscription);
  await tx`
    insert into subscription_patterns (organization_id, pattern, subscription_id, account_id, shard, held, filtered, fifo)
    select ${organization_id}::uuid, pattern, ${id}::uuid, ${account_id}::uuid, ${shard}::smallint,
      ${held}::boolean, ${filter !== null}::boolean, ${ordering === "fifo"}::boolean
    from unnest(${events}::text[]) pattern`;
}
