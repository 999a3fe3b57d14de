import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { operationalTypes } from "@carewire/envelope";
import { type LaneRow, type OrderedLane, toLanes } from "../fifo/ordered-lane.ts";

export interface Routed {
  /** Events taken off the route queue. */
  events: number;
  /** Deliveries now waiting, by shard; `consumerShard` counts those for consumers. */
  deliveriesByShard: Map<number, number>;
  /** Pairs of event and subscription that wait for the subscription's filter. */
  toFilter: number;
  /** Where deliveries of ordered subscriptions were queued up. */
  lanes: OrderedLane[];
}

interface Row {
  shard: number;
  deliveries: number;
  events: number;
  to_filter: number;
  lanes: LaneRow[] | null;
}

/**
 * Routes one batch of events: matches subscriptions and consumers set-based, inserts all deliveries and their
 * queue rows and removes the events from the route queue, in one statement. Several routers share the work.
 */
export async function routeBatch(sql: Sql, eventsMax: number): Promise<Routed> {
  const rows = await sql<Row[]>`
    with batch as materialized (
      select ctid tid, event_id, organization_id, account_id, type from route_queue
      order by event_id limit ${eventsMax} for update skip locked),
    keys as materialized (select distinct organization_id, account_id, type from batch),
    hit as materialized (
      select distinct k.organization_id, k.account_id, k.type, p.subscription_id destination_id, p.shard, p.held,
        p.filtered, p.fifo, 0 kind
      from keys k
      -- what the platform tells of its own doings goes to those who ask for it by name
      cross join lateral unnest(array[case when k.type <> all(${operationalTypes}::text[]) then '*' end,
        k.type, split_part(k.type, '.', 1) || '.*',
        case when split_part(k.type, '.', 3) <> ''
          then split_part(k.type, '.', 1) || '.' || split_part(k.type, '.', 2) || '.*' end]) t(pattern)
      -- offset 0 keeps the equality look-up inside the loop; without it the planner joins on the organization first
      cross join lateral (select * from subscription_patterns sp
        where sp.organization_id = k.organization_id and sp.pattern = t.pattern offset 0) p
      where k.type not like 'cari.%' and (p.account_id is null or p.account_id = k.account_id)
      union all
      select k.organization_id, k.account_id, k.type, c.id, ${consumerShard}::smallint, not c.active, false, false, 1
      from keys k join consumer_topics ct on ct.topic = k.type join consumers c on c.id = ct.consumer_id),
    matched as materialized (
      select uuidv7() id, b.organization_id, b.event_id, h.destination_id, h.shard, h.held, h.filtered, h.fifo,
        h.kind
      from batch b join hit h on h.organization_id = b.organization_id and h.type = b.type
        and h.account_id is not distinct from b.account_id),
    removed as (delete from route_queue where ctid = any(array(select tid from batch))),
    history as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status)
      select id, organization_id, event_id, destination_id, kind, case when held then 1 else 0 end
      from matched where not filtered),
    to_filter as (insert into filter_queue (subscription_id, event_id, organization_id)
      select destination_id, event_id, organization_id from matched where filtered returning 1),
    ordered as (insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      select m.id, m.organization_id, m.destination_id, e.subject, m.event_id from matched m
      cross join lateral (select subject from events where id = m.event_id and subject is not null offset 0) e
      where m.fifo and not m.filtered returning delivery_id, subscription_id, subject),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, organization_id, event_id, destination_id, shard from matched
      where not held and not filtered and (not fifo or id not in (select delivery_id from ordered))
      order by shard, destination_id returning shard)
    select z.shard::int, count(*)::int deliveries, (select count(*)::int from batch) events,
      (select count(*)::int from to_filter) to_filter,
      case when z.shard = -1 then (select json_agg(distinct jsonb_build_array(subscription_id, subject)) from ordered)
        end lanes
    from (select shard from queued union all select -1::smallint) z group by z.shard order by z.shard`;
  const deliveriesByShard = new Map<number, number>();
  for (const row of rows) if (row.shard >= 0) deliveriesByShard.set(row.shard, row.deliveries);
  const [{ events, to_filter: toFilter, lanes } = nothing] = rows;
  return { events, deliveriesByShard, toFilter, lanes: toLanes(lanes) };
}

const nothing = { events: 0, to_filter: 0, lanes: null };
