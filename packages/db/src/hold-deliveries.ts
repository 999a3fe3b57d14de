import type { Queryable } from "./connect.ts";

/** Rows of the queue that one request takes out of it at most, unless told otherwise. */
const holdMax = 5_000;

/**
 * New deliveries of the subscription are held from now on, and so is what waits in its queue; in the transaction that
 * locked the subscription and made it inactive. Pings and tests are not held: somebody waits for their answer, and
 * released later they would come out of the blue. `rowsMax` deliveries (default 5,000) leave the queue at once; the
 * others are held by the claims that meet them, and in line for others of their subject they stay as they are.
 */
export async function holdDeliveries(
  tx: Queryable,
  subscriptionId: string,
  rowsMax = holdMax,
): Promise<void> {
  await tx`update subscription_patterns set held = true where subscription_id = ${subscriptionId}`;
  await tx`delete from endpoint_drains where subscription_id = ${subscriptionId}`;
  await tx`
    with s as materialized (select shard from subscriptions where id = ${subscriptionId}),
    picked as materialized (select q.ctid tid from delivery_queue q
      where q.shard = (select shard from s) and q.lane = any('{0,1,2}') and q.destination_id = ${subscriptionId}
        and not q.probe and (q.lease_until is null or q.lease_until <= now())
      limit ${rowsMax} for update skip locked),
    removed as (delete from delivery_queue where ctid = any(array(select tid from picked))
      returning id, organization_id, event_id, attempts, lease_until),
    -- A lease that ran out was an attempt whose outcome nobody knows; the next claim would have said so.
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'lost', 'retry',
        'the worker that held this attempt vanished before recording its outcome', lease_until
      from removed where lease_until is not null),
    -- The first of a lane becomes the first of those that wait in it.
    freed as (delete from fifo_lanes
      where subscription_id = ${subscriptionId} and delivery_id in (select id from removed) returning delivery_id, subject),
    waiting as (insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      select r.id, r.organization_id, ${subscriptionId}, f.subject, r.event_id
      from freed f join removed r on r.id = f.delivery_id)
    update deliveries d set status = 1, attempts = removed.attempts
    from removed where d.id = removed.id and d.id = any(array(select id from removed))`;
  await tx`
    update deliveries set status = 1 where status = 0
      and id = any(array(select delivery_id from fifo_queue where subscription_id = ${subscriptionId} limit ${rowsMax}))`;
}
