import type { Queryable } from "@carewire/db";
import { storedStatus } from "../deliveries/delivery-status.ts";
import type { SubscriptionRow } from "./subscription-row.ts";

/**
 * Ends what is queued or held for a subscription that is about to be deleted; returns how many deliveries it
 * cancelled. One that is being sent right now is finished by the dispatcher, which cancels it should it need a retry.
 */
export async function cancelDeliveries(tx: Queryable, { id, shard }: SubscriptionRow): Promise<number> {
  const queued = await tx`
    with removed as (delete from delivery_queue
      where shard = ${shard} and lane = any('{0,1,2}') and destination_id = ${id} and (lease_until is null or lease_until <= now())
      returning id, organization_id, attempts, lease_until),
    -- A lease that ran out was an attempt whose outcome nobody knows; the next claim would have said so.
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'lost', 'failed',
        'the worker that held this attempt vanished before recording its outcome', lease_until
      from removed where lease_until is not null)
    update deliveries d set status = ${storedStatus.cancelled}, attempts = removed.attempts, finished_at = now()
    from removed where d.id = removed.id`;
  // Those that wait for others of their subject. A lane whose first is being sent right now is left to the dispatcher.
  const waiting = await tx`
    with removed as (delete from fifo_queue where subscription_id = ${id} returning delivery_id),
    lanes as (delete from fifo_lanes l where subscription_id = ${id}
      and not exists (select from delivery_queue q where q.id = l.delivery_id))
    update deliveries d set status = ${storedStatus.cancelled}, finished_at = now()
    from removed where d.id = removed.delivery_id and d.status = ${storedStatus.pending}`;
  const held = await tx`
    update deliveries set status = ${storedStatus.cancelled}, finished_at = now()
    where destination_id = ${id} and status = ${storedStatus.held}`;
  return queued.count + waiting.count + held.count;
}
