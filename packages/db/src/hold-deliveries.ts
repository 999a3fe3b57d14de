import type { Queryable } from "./connect.ts";

/**
 * New deliveries of the subscription are held from now on, and so is what waits in its queue. Pings and tests are not:
 * somebody waits for their answer, and released later they would come out of the blue.
 */
export async function holdDeliveries(tx: Queryable, subscriptionId: string): Promise<void> {
  await tx`update subscription_patterns set held = true where subscription_id = ${subscriptionId}`;
  await tx`
    with s as (select shard from subscriptions where id = ${subscriptionId}),
    removed as (delete from delivery_queue q using s
      where q.shard = s.shard and q.lane = any('{0,1,2}') and q.destination_id = ${subscriptionId} and not q.probe
        and (q.lease_until is null or q.lease_until <= now())
      returning q.id, q.organization_id, q.event_id, q.attempts, q.lease_until),
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
    update deliveries d set status = 1, attempts = removed.attempts from removed where d.id = removed.id`;
  await tx`
    update deliveries set status = 1 where status = 0
      and id = any(array(select delivery_id from fifo_queue where subscription_id = ${subscriptionId}))`;
}

/**
 * Undoes `holdDeliveries`: what was held becomes due now, in the retry lane so that it cannot starve new events.
 * Deliveries being sent right now are not touched by either; the dispatcher holds them when it sees the change. Those of
 * an ordered subscription go on in their order, when the dispatcher comes to them.
 */
export async function releaseDeliveries(tx: Queryable, subscriptionId: string): Promise<number> {
  await tx`update subscription_patterns set held = false where subscription_id = ${subscriptionId}`;
  const released = await tx`
    with s as (select shard from subscriptions where id = ${subscriptionId}),
    open as (update deliveries set status = 0 where destination_id = ${subscriptionId} and status = 1
      returning id, organization_id, event_id, attempts)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
    select open.id, open.organization_id, open.event_id, ${subscriptionId}, s.shard, 1, open.attempts from open, s
    where not exists (select from fifo_queue f where f.delivery_id = open.id)
    on conflict (id) do nothing returning id`;
  return released.length;
}
