import type { Queryable } from "@carewire/db";
import { storedStatus } from "../deliveries/delivery-status.ts";
import type { SubscriptionRow } from "./subscription-row.ts";

/** Ends what is queued or held for a subscription; returns how many deliveries it cancelled. */
export async function cancelDeliveries(tx: Queryable, { id, shard }: SubscriptionRow): Promise<number> {
  const queued = await tx`
    with removed as (delete from delivery_queue where shard = ${shard} and destination_id = ${id} returning id, attempts)
    update deliveries d set status = ${storedStatus.cancelled}, attempts = removed.attempts, finished_at = now()
    from removed where d.id = removed.id`;
  const held = await tx`
    update deliveries set status = ${storedStatus.cancelled}, finished_at = now()
    where destination_id = ${id} and status = ${storedStatus.held}`;
  return queued.count + held.count;
}
