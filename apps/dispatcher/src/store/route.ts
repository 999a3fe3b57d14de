import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { operationalTypes } from "@carewire/envelope";

export interface Routed {
  /** Events taken off the route queue. */
  events: number;
  /** Deliveries now waiting, by shard; `consumerShard` counts those for consumers. */
  deliveriesByShard: Map<number, number>;
}

/**
 * Routes one batch of events: matches subscriptions and consumers set-based, inserts all deliveries and their
 * queue rows and removes the events from the route queue, in one statement. Several routers share the work.
 */
export async function routeBatch(sql: Sql, eventsMax: number): Promise<Routed> {
  const rows = await sql<{ shard: number; deliveries: number; events: number }[]>`
    with batch as materialized (
      select ctid tid, event_id, organization_id, account_id, type from route_queue
      order by event_id limit ${eventsMax} for update skip locked),
    keys as materialized (select distinct organization_id, account_id, type from batch),
    hit as materialized (
      select distinct k.organization_id, k.account_id, k.type, p.subscription_id destination_id, p.shard, p.held, 0 kind
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
      select k.organization_id, k.account_id, k.type, c.id, ${consumerShard}::smallint, not c.active, 1
      from keys k join consumer_topics ct on ct.topic = k.type join consumers c on c.id = ct.consumer_id),
    matched as materialized (
      select uuidv7() id, b.organization_id, b.event_id, h.destination_id, h.shard, h.held, h.kind
      from batch b join hit h on h.organization_id = b.organization_id and h.type = b.type
        and h.account_id is not distinct from b.account_id),
    removed as (delete from route_queue where ctid = any(array(select tid from batch))),
    history as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status)
      select id, organization_id, event_id, destination_id, kind, case when held then 1 else 0 end from matched),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, organization_id, event_id, destination_id, shard from matched
      where not held order by shard, destination_id returning shard)
    select shard::int, count(*)::int deliveries, (select count(*)::int from batch) events
    from (select shard from queued union all select -1::smallint) z group by 1`;
  const deliveriesByShard = new Map<number, number>();
  for (const row of rows) if (row.shard >= 0) deliveriesByShard.set(row.shard, row.deliveries);
  return { events: rows[0]?.events ?? 0, deliveriesByShard };
}
