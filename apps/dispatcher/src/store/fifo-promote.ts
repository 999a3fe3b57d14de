import type { Sql } from "@carewire/db";
import { type LaneRow, type OrderedLane, toLanes } from "../fifo/ordered-lane.ts";

export interface Promoted {
  /** Deliveries now due, by shard. */
  deliveriesByShard: Map<number, number>;
  /** Some of them were tried before: they are in the retry lane. */
  retries: boolean;
  /**
   * Lanes to look at again in a moment: most often, an older event of the organization is not routed yet. Without those
   * where an older event's filter was put off: the sweep looks at them.
   */
  blocked: OrderedLane[];
}

interface Row {
  promoted: Record<string, number> | null;
  retries: boolean;
  blocked: LaneRow[] | null;
}

/** So many of the oldest unrouted events are looked at one by one; what is younger than all of them waits. */
const unroutedMax = 2_000;

/**
 * Makes the oldest waiting delivery of each lane due, where none is, with one statement. Order holds although routers
 * work in parallel and out of step, because an event that is older and not routed yet, or routed by a transaction that
 * has not committed, is still seen in `route_queue` (or `filter_queue`): what comes after it is not promoted.
 *
 * Two that promote the same lane: the row lock and the lane's primary key let one through. A subscription that is
 * being changed right now is left alone; the sweep comes back.
 */
export async function promoteLanes(sql: Sql, lanes: readonly OrderedLane[]): Promise<Promoted> {
  if (lanes.length === 0) return { deliveriesByShard: new Map(), retries: false, blocked: [] };
  const [row] = await sql<Row[]>`
    with asked as materialized (select distinct * from unnest(${lanes.map((lane) => lane.subscriptionId)}::uuid[],
      ${lanes.map((lane) => lane.subject)}::text[]) t(subscription_id, subject)),
    head as materialized (
      select f.* from asked a
      cross join lateral (select * from fifo_queue f where f.subscription_id = a.subscription_id
        and f.subject = a.subject order by f.event_id limit 1) f
      left join lateral (select true taken from fifo_lanes l
        where l.subscription_id = a.subscription_id and l.subject = a.subject offset 0) l on true
      where l.taken is null),
    unrouted as materialized (select organization_id, event_id from route_queue
      where event_id < (select event_id from head order by event_id desc limit 1)
      order by event_id limit ${unroutedMax}),
    horizon as materialized (select event_id from unrouted order by event_id offset ${unroutedMax - 1}),
    next as materialized (
      select h.* from head h
      where not exists (select from unrouted u where u.organization_id = h.organization_id and u.event_id < h.event_id)
        and not exists (select from horizon z where z.event_id < h.event_id)
        and not exists (select from filter_queue q where q.subscription_id = h.subscription_id and q.event_id < h.event_id)),
    -- Locked meanwhile, so that a delivery is not sent past a pause that commits at this moment.
    endpoint as materialized (select id, shard from subscriptions
      where id = any(array(select subscription_id from next)) and active order by id for share skip locked),
    locked as materialized (select ctid tid, * from fifo_queue
      where delivery_id = any(array(select n.delivery_id from next n join endpoint e on e.id = n.subscription_id))
      order by subscription_id, subject for update skip locked),
    -- status: none when the delivery was finished while it was held, say because its payload was erased.
    taken as materialized (select l.*, e.shard, d.status, d.attempts
      from locked l join endpoint e on e.id = l.subscription_id
      left join lateral (select status, attempts from deliveries
        where id = l.delivery_id and status in (0, 1) offset 0) d on true),
    lane as (insert into fifo_lanes (subscription_id, subject, organization_id, delivery_id)
      select subscription_id, subject, organization_id, delivery_id from taken where status is not null
      order by subscription_id, subject
      on conflict (subscription_id, subject) do nothing returning delivery_id),
    moved as materialized (select t.* from lane join taken t using (delivery_id)),
    removed as (delete from fifo_queue where ctid = any(array(
      select tid from moved union all select tid from taken where status is null))),
    -- Routed while its subscription was being resumed.
    resumed as (update deliveries set status = 0
      where id = any(array(select delivery_id from moved where status = 1))),
    due as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
      select delivery_id, organization_id, event_id, subscription_id, shard,
        case when attempts > 0 then 1 else 0 end, attempts from moved
      on conflict (id) do nothing returning shard, lane)
    select (select json_object_agg(shard, deliveries) from
        (select shard, count(*)::int deliveries from due group by shard) d) promoted,
      exists (select from due where lane > 0) retries,
      (select json_agg(json_build_array(subscription_id, subject)) from head h
        where (delivery_id not in (select delivery_id from next)
            and coalesce((select q.due_at from filter_queue q where q.subscription_id = h.subscription_id
              and q.event_id < h.event_id order by q.event_id limit 1) <= now() + interval '1 second', true))
          or delivery_id in (select delivery_id from taken where status is null)) blocked`;
  const promoted = Object.entries(row?.promoted ?? {});
  return {
    deliveriesByShard: new Map(promoted.map(([shard, deliveries]) => [Number(shard), deliveries])),
    retries: row?.retries ?? false,
    blocked: toLanes(row?.blocked ?? null),
  };
}
