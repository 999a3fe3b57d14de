import type { Sql } from "@carewire/db";
import type { FirstLane } from "../admission/lane-turn.ts";

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

/** A shard to look at, and where in it to begin: only endpoints after this id (round robin between claims). */
export interface ShardCursor {
  shard: number;
  after: string;
}

export interface ClaimRequest {
  /** The lane that chooses first; see `firstLaneOf`. */
  firstLane: FirstLane;
  /** Where to look for first attempts, in this order. */
  fresh: ShardCursor[];
  /** Where to look for retries, and after all of those for bulk replays. */
  retries: ShardCursor[];
  replays: ShardCursor[];
  /** First attempts wanted at most. */
  freshMax: number;
  /** Retries and replays wanted at most, and never more than `deliveriesMax` leaves beside the first attempts. */
  laterMax: number;
  deliveriesMax: number;
  /** Free slots of the endpoints for which they differ from `slotsDefault`. */
  slots: Map<string, number>;
  slotsDefault: number;
  leaseSeconds: number;
}

type Fragment = ReturnType<Sql>;

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
 * Leases due deliveries of many shards in one statement: first attempts before retries before bulk replays (unless
 * it is a later lane's turn), and in each lane fairly over the endpoints that have any. A loose index scan finds those endpoints, and each gives at most its
 * free slots over all lanes. Costs the same however many rows wait.
 * A previous lease that ran out without an outcome leaves a `lost` attempt, so that the ledger adds up.
 */
export async function claimDeliveries(sql: Sql, request: ClaimRequest): Promise<Claim> {
  const { slots, leaseSeconds } = request;
  const rows = (await sql`
    with token as materialized (select nextval('lease_seq') t),
    offered as materialized (
      select * from unnest(${[...slots.keys()]}::uuid[], ${[...slots.values()]}::int[]) l(id, slots)),
    asked as materialized (${askedFor(sql, request.fresh)}),
    ${lanesInOrder(sql, request)}
    pick as materialized (
      select * from asked union all select * from first union all select * from second union all select * from third),
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

/** Pings and tests at most in one claim. */
const askedMax = 16;

/** Somebody waits for the answer of a ping: it takes no slot, and passes a broken endpoint's breaker. */
const askedFor = (sql: Sql, cursors: ShardCursor[]): Fragment => sql`
      select q.ctid tid, q.id, q.organization_id, q.destination_id, q.attempts previous, q.lease_until previous_until,
        0::smallint lane
      from delivery_queue q
      -- + 0 leaves the index of pings as the only one that fits
      where q.probe and q.shard + 0 = any(${cursors.map(({ shard }) => shard)}::int[])
        and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
      limit ${askedMax} for update skip locked`;

/**
 * The three lanes as `first`, `second` and `third`, each with what the ones before leave of its endpoint's slots. A later
 * lane that comes first takes a fifth of them, and of the claim's room.
 */
function lanesInOrder(sql: Sql, request: ClaimRequest): Fragment {
  const { freshMax, laterMax, deliveriesMax, slotsDefault } = request;
  const cursors = [request.fresh, request.retries, request.replays] as const;
  const offered: Fragment = sql`coalesce(l.slots, ${slotsDefault}::int)`;
  const fifth: Fragment = sql`least(${offered}, greatest(1, ${offered} / 5))`;
  const room = (lane: number) => (lane === 0 ? sql`${freshMax}::int` : sql`${laterMax}::int`);
  const [one, two, three] = laneOrders[request.firstLane];
  const taken = sql`coalesce(t.n, 0)`;
  const rowsOf = (before: Fragment) => sql`(select count(*) from (${before}) b)`;
  const first: Fragment = sql`select destination_id, lane from first`;
  const both: Fragment = sql`${first} union all select destination_id, lane from second`;
  const laterOf = (before: Fragment, lane: number) =>
    lane === 0 ? sql`0` : sql`(select count(*) from (${before}) b where lane > 0)`;
  return sql`
    first as materialized (
      ${dueInLane(sql, one, cursors[one], sql``, one === 0 ? offered : fifth)}
      limit least(${room(one)}, ${one === 0 ? deliveriesMax : Math.ceil(deliveriesMax / 5)}::int)),
    second as materialized (
      ${dueInLane(sql, two, cursors[two], takenOf(sql, first), sql`${offered} - ${taken}`)}
      limit least(${room(two)} - ${laterOf(first, two)}, ${deliveriesMax}::int - ${rowsOf(first)})),
    third as materialized (
      ${dueInLane(sql, three, cursors[three], takenOf(sql, both), sql`${offered} - ${taken}`)}
      limit least(${room(three)} - ${laterOf(both, three)}, ${deliveriesMax}::int - ${rowsOf(both)})),`;
}

const laneOrders = { 0: [0, 1, 2], 1: [1, 0, 2], 2: [2, 0, 1] } as const;

/** Rows due in one lane, at most `most` of each endpoint, locked. */
function dueInLane(sql: Sql, lane: number, cursors: ShardCursor[], joinTaken: Fragment, most: Fragment) {
  return sql`
      select x.*, ${lane}::smallint lane from unnest(${cursors.map(({ shard }) => shard)}::smallint[],
        ${cursors.map(({ after }) => after)}::uuid[]) sh(shard, cur)
      cross join lateral (
        with recursive e as (
          (select q.destination_id from delivery_queue q
             where q.shard = sh.shard and q.lane = ${lane}::smallint and q.destination_id > sh.cur
             order by q.destination_id limit 1)
          union all
          select (select q.destination_id from delivery_queue q where q.shard = sh.shard
             and q.lane = ${lane}::smallint and q.destination_id > e.destination_id order by q.destination_id limit 1)
          from e where e.destination_id is not null)
        select destination_id from e where destination_id is not null) e
      left join offered l on l.id = e.destination_id
      ${joinTaken}
      cross join lateral (
        select q.ctid tid, q.id, q.organization_id, q.destination_id, q.attempts previous, q.lease_until previous_until
        from delivery_queue q
        where q.shard = sh.shard and q.lane = ${lane}::smallint and q.destination_id = e.destination_id and not q.probe
          and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
        order by q.due_at limit greatest(0, ${most})
        for update skip locked) x`;
}

/** What the lanes before have taken of each endpoint's slots. */
const takenOf = (sql: Sql, before: Fragment): Fragment =>
  sql`left join (select destination_id, count(*) n from (${before}) b group by 1) t on t.destination_id = e.destination_id`;

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
