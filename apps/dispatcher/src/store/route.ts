import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { operationalTypes } from "@carewire/envelope";
import { type LaneRow, type OrderedLane, toLanes } from "../fifo/ordered-lane.ts";
import { type Claim, type ClaimRow, toClaim } from "./claim.ts";

/** What may be leased to this process as it is routed. */
export interface RouteLease {
  /** The shards this process looks after. */
  shards: readonly number[];
  deliveriesMax: number;
  /** Free slots of the endpoints for which they differ from `slotsDefault`. */
  slots: Map<string, number>;
  slotsDefault: number;
  leaseSeconds: number;
}

export interface Routed {
  /** Events taken off the route queue. */
  events: number;
  /** Deliveries leased to this process, as a claim would have brought them. */
  leased: Claim;
  /** The others, which now wait to be claimed, by shard; `consumerShard` counts those for consumers. */
  deliveriesByShard: Map<number, number>;
  /** Of the endpoints that were offered no slot, those for which deliveries wait now as well, with their shards. */
  blocked: [subscriptionId: string, shard: number][];
  /** Pairs of event and subscription that wait for the subscription's filter. */
  toFilter: number;
  /** Where deliveries of ordered subscriptions were queued up. */
  lanes: OrderedLane[];
}

/** What became of a batch; in the last column of the last row. */
interface Summary {
  events: number;
  waiting: Record<string, number> | null;
  blocked: [string, number][] | null;
  to_filter: number;
  lanes: LaneRow[] | null;
}

const nothingLeased: RouteLease = {
  shards: [],
  deliveriesMax: 0,
  slots: new Map(),
  slotsDefault: 0,
  leaseSeconds: 0,
};

/**
 * Routes one batch of events: matches subscriptions and consumers set-based, inserts all deliveries and their
 * queue rows and removes the events from the route queue, in one statement. Several routers share the work.
 * Of plain first attempts those that fit into `lease` are leased at once, which spares their rows a second visit; one
 * that waits for a filter, for others of its subject, or for a paused endpoint never is.
 */
export async function routeBatch(sql: Sql, eventsMax: number, lease = nothingLeased): Promise<Routed> {
  const rows = await sql`
    with batch as materialized (
      select ctid tid, event_id, organization_id, account_id, type from route_queue
      order by event_id limit ${eventsMax} for update skip locked),
    keys as materialized (select distinct organization_id, account_id, type from batch),
    offered as materialized (
      select * from unnest(${[...lease.slots.keys()]}::uuid[], ${[...lease.slots.values()]}::int[]) o(id, slots)),
    hit as materialized (
      select distinct k.organization_id, k.account_id, k.type, p.subscription_id destination_id, p.shard, p.held,
        p.filtered, p.fifo, 0 kind,
        not (p.held or p.filtered or p.fifo) and p.shard = any(${[...lease.shards]}::smallint[]) plain
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
      select k.organization_id, k.account_id, k.type, c.id, ${consumerShard}::smallint, false, false, false, 1, false
      from keys k join consumer_topics ct on ct.topic = k.type join consumers c on c.id = ct.consumer_id),
    numbered as (
      select uuidv7() id, b.organization_id, b.event_id, h.destination_id, h.shard, h.held, h.filtered, h.fifo,
        h.kind, case when h.plain then coalesce(o.slots, ${lease.slotsDefault}::int) else 0 end slots,
        h.plain and coalesce(o.slots = 0, false) blocked,
        row_number() over (partition by h.destination_id order by b.event_id) nth
      from batch b join hit h on h.organization_id = b.organization_id and h.type = b.type
        and h.account_id is not distinct from b.account_id
      left join offered o on o.id = h.destination_id),
    matched as materialized (
      select *, nth <= slots and ${lease.deliveriesMax}::int >= count(*) filter (where nth <= slots)
        over (order by nth, id) leased from numbered),
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
    due as (select * from matched
      where not held and not filtered and (not fifo or id not in (select delivery_id from ordered))),
    token as materialized (select nextval('lease_seq') t),
    queued as (insert into delivery_queue
        (id, organization_id, event_id, destination_id, shard, attempts, lease_token, lease_until)
      select id, organization_id, event_id, destination_id, shard, leased::int,
        case when leased then (select t from token) end,
        case when leased then now() + ${lease.leaseSeconds}::int * interval '1 second' end
      from due order by shard, destination_id),
    sent as (select *, row_number() over (partition by event_id) nth_of_event from matched where leased)
    select s.id, s.organization_id, s.event_id, s.destination_id, s.shard, 0, 1, 0, (select t::text from token), false,
      v.version, p.type, p.external_id, (extract(epoch from p.occurred_at) * 1000)::float8, p.traceparent, p.body,
      null::json
    from sent s
    left join (select id, version from subscriptions where id = any(array(select destination_id from sent))) v
      on v.id = s.destination_id
    left join (select * from event_payloads where id = any(array(select event_id from sent))) p
      on p.id = s.event_id and s.nth_of_event = 1
    union all
    select null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
      json_build_object(
        'events', (select count(*) from batch),
        'waiting', (select json_object_agg(shard, n)
          from (select shard, count(*) n from due where not leased and not blocked group by shard) w),
        'blocked', (select json_agg(distinct jsonb_build_array(destination_id, shard)) from matched where blocked),
        'to_filter', (select count(*) from to_filter),
        'lanes', (select json_agg(distinct jsonb_build_array(subscription_id, subject)) from ordered),
        -- What is leased is sent as soon as this returns: then this commit, unlike others of routing, waits for the disk.
        'durable', case when exists (select from matched where leased)
          then set_config('synchronous_commit', 'on', true) end)`.values();
  const summary = rows.at(-1)?.at(-1) as Summary;
  const deliveriesByShard = new Map(
    Object.entries(summary.waiting ?? {}).map(([shard, deliveries]) => [Number(shard), deliveries]),
  );
  return {
    events: summary.events,
    leased: toClaim(rows.slice(0, -1) as unknown as ClaimRow[]),
    deliveriesByShard,
    blocked: summary.blocked ?? [],
    toFilter: summary.to_filter,
    lanes: toLanes(summary.lanes),
  };
}
