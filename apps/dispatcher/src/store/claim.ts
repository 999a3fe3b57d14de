import type { Sql } from "@carewire/db";

/** A delivery leased to this process. The lease is the attempt's intent: it is committed before bytes leave. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  eventId: string;
  subscriptionId: string;
  shard: number;
  /** 0 first attempt, 1 retry, 2 bulk replay. */
  lane: number;
  /** Number of this attempt, from 1. */
  attempt: number;
  /** Steps of the retry schedule used up so far. */
  retries: number;
  leaseToken: string;
  /** A ping or test: sent even to a paused endpoint, and never again. */
  probe: boolean;
  /** null: the subscription is gone. */
  subscriptionVersion: number | null;
}

/** What a delivery carries, fetched once per event and claim however many deliveries share it. */
export interface ClaimedEvent {
  id: string;
  organizationId: string;
  type: string;
  externalId: string | null;
  occurredAtMs: number;
  traceparent: string | null;
  /** Sealed; null when the payload was erased. */
  sealedBody: Buffer | null;
}

export interface Claim {
  deliveries: ClaimedDelivery[];
  events: Map<string, ClaimedEvent>;
}

export interface ClaimRequest {
  /** Shards to look at, in this order. */
  shards: number[];
  /** Per shard: only endpoints after this id (round robin between claims). */
  cursors: string[];
  deliveriesMax: number;
  /** Free slots of the endpoints for which they differ from `slotsDefault`. */
  slots: Map<string, number>;
  slotsDefault: number;
  leaseSeconds: number;
}

type Row = [
  string,
  string,
  string,
  string,
  number,
  number,
  number,
  number,
  string,
  boolean,
  number | null,
  string | null,
  string | null,
  number | null,
  string | null,
  Buffer | null,
];

/**
 * Leases due deliveries of many shards in one statement, fairly over the endpoints that have any: a loose index
 * scan finds those endpoints, and each gives at most its free slots. Costs the same however many rows wait.
 * A previous lease that ran out without an outcome leaves a `lost` attempt, so that the ledger adds up.
 */
export async function claimDeliveries(sql: Sql, request: ClaimRequest): Promise<Claim> {
  const { shards, cursors, deliveriesMax, slots, slotsDefault, leaseSeconds } = request;
  const rows = (await sql`
    with token as materialized (select nextval('lease_seq') t),
    pick as materialized (
      select p.* from unnest(${shards}::smallint[], ${cursors}::uuid[]) sh(shard, cur)
      cross join lateral (
        with recursive e as (
          (select q.destination_id from delivery_queue q where q.shard = sh.shard and q.destination_id > sh.cur
             order by q.destination_id limit 1)
          union all
          select (select q.destination_id from delivery_queue q where q.shard = sh.shard
             and q.destination_id > e.destination_id order by q.destination_id limit 1)
          from e where e.destination_id is not null)
        select destination_id from e where destination_id is not null) e
      left join unnest(${[...slots.keys()]}::uuid[], ${[...slots.values()]}::int[]) l(id, slots)
        on l.id = e.destination_id
      cross join lateral (
        select x.* from (values (0::smallint), (1::smallint), (2::smallint)) v(lane)
        cross join lateral (
          select q.ctid tid, q.id, q.organization_id, q.attempts previous, q.lease_until previous_until
          from delivery_queue q
          where q.shard = sh.shard and q.destination_id = e.destination_id and q.lane = v.lane
            and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
          order by q.due_at limit coalesce(l.slots, ${slotsDefault}) for update skip locked) x
        limit coalesce(l.slots, ${slotsDefault})) p
      limit ${deliveriesMax}),
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, previous, 'lost', 'retry',
        'the worker that held this attempt vanished before recording its outcome', previous_until
      from pick where previous_until is not null),
    -- least: one delivery that vanished too often for its counter must not stop every claim
    leased as (update delivery_queue q set lease_token = (select t from token),
        lease_until = now() + ${leaseSeconds} * interval '1 second', attempts = least(q.attempts + 1, 32767)
      where q.ctid = any(array(select tid from pick))
      returning q.id, q.organization_id, q.event_id, q.destination_id, q.shard, q.lane, q.attempts, q.retries,
        q.lease_token, q.probe),
    numbered as (select l.*, row_number() over (partition by event_id) nth from leased l)
    select n.id, n.organization_id, n.event_id, n.destination_id, n.shard, n.lane, n.attempts, n.retries,
      n.lease_token::text, n.probe, s.version, p.type, p.external_id,
      (extract(epoch from p.occurred_at) * 1000)::float8, p.traceparent, p.body
    from numbered n
    left join lateral (select version from subscriptions where id = n.destination_id offset 0) s on true
    left join lateral (select * from event_payloads where id = n.event_id and n.nth = 1 offset 0) p on true`.values()) as unknown as Row[];
  return toClaim(rows);
}

function toClaim(rows: Row[]): Claim {
  const events = new Map<string, ClaimedEvent>();
  const deliveries = rows.map((row): ClaimedDelivery => {
    const [id, organizationId, eventId, subscriptionId, shard, lane, attempt, retries, leaseToken] = row;
    const [probe, version, type] = [row[9], row[10], row[11]];
    if (type !== null) {
      events.set(eventId, {
        id: eventId,
        organizationId,
        type,
        externalId: row[12],
        occurredAtMs: row[13] ?? 0,
        traceparent: row[14],
        sealedBody: row[15],
      });
    }
    return {
      id,
      organizationId,
      eventId,
      subscriptionId,
      shard,
      lane,
      attempt,
      retries,
      leaseToken,
      probe,
      subscriptionVersion: version,
    };
  });
  return { deliveries, events };
}
