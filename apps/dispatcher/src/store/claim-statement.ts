import type { FirstLane } from "../admission/lane-turn.ts";

/** Parameters of the statement, in the order in which they are bound. */
const offeredIds = "$1::uuid[]";
const offeredSlots = "$2::int[]";
const slotsDefault = "$3::int";
/** Rows wanted at most: of the first lane, of both later lanes, and of all. */
const freshMax = "$4::int";
const laterMax = "$5::int";
const deliveriesMax = "$6::int";
const leaseSeconds = "$7::int";
/** Of each lane the shards to look at, and after which endpoint in each. */
const shardsOf = (lane: number) => `$${8 + lane * 2}::smallint[]`;
const cursorsOf = (lane: number) => `$${9 + lane * 2}::uuid[]`;

/** Pings and tests at most in one claim. */
const askedMax = 16;

/** The claim whose lanes choose in this order: a text made once, not put together from fragments for every claim. */
export function claimStatement(firstLane: FirstLane): string {
  return statements[firstLane];
}

/** Somebody waits for the answer of a ping: it takes no slot, and passes a broken endpoint's breaker. */
const asked = `
  select q.ctid tid, q.id, q.organization_id, q.destination_id, q.attempts previous, q.lease_until previous_until,
    0::smallint lane
  from delivery_queue q
  -- + 0 leaves the index of pings as the only one that fits
  where q.probe and q.shard + 0 = any(${shardsOf(0)})
    and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
  limit ${askedMax} for update skip locked`;

const offered = `coalesce(l.slots, ${slotsDefault})`;
/** A later lane that comes first takes a fifth of the endpoint's slots, and of the claim's room. */
const fifth = `least(${offered}, greatest(1, ${offered} / 5))`;

/** What the lanes before have taken of each endpoint's slots. */
const takenOf = (before: string) =>
  `left join (select destination_id, count(*) n from (${before}) b group by 1) t on t.destination_id = e.destination_id`;

/** Rows due in one lane, at most `most` of each endpoint, locked. */
const dueInLane = (lane: number, joinTaken: string, most: string) => `
  select x.*, ${lane}::smallint lane from unnest(${shardsOf(lane)}, ${cursorsOf(lane)}) sh(shard, cur)
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

const roomOf = (lane: number) => (lane === 0 ? freshMax : laterMax);
const rowsOf = (before: string) => `(select count(*) from (${before}) b)`;
const laterRowsOf = (before: string, lane: number) =>
  lane === 0 ? "0" : `(select count(*) from (${before}) b where lane > 0)`;

/** The three lanes as `first`, `second` and `third`, each with what the ones before leave of its endpoint's slots. */
function lanesInOrder(one: number, two: number, three: number): string {
  const first = "select destination_id, lane from first";
  const both = `${first} union all select destination_id, lane from second`;
  const rest = `${offered} - coalesce(t.n, 0)`;
  return `
    first as materialized (
      ${dueInLane(one, "", one === 0 ? offered : fifth)}
      limit least(${roomOf(one)}, ${one === 0 ? deliveriesMax : `(${deliveriesMax} + 4) / 5`})),
    second as materialized (
      ${dueInLane(two, takenOf(first), rest)}
      limit least(${roomOf(two)} - ${laterRowsOf(first, two)}, ${deliveriesMax} - ${rowsOf(first)})),
    third as materialized (
      ${dueInLane(three, takenOf(both), rest)}
      limit least(${roomOf(three)} - ${laterRowsOf(both, three)}, ${deliveriesMax} - ${rowsOf(both)}))`;
}

const statementOf = (one: number, two: number, three: number) => `
  with token as materialized (select nextval('lease_seq') t),
  offered as materialized (select * from unnest(${offeredIds}, ${offeredSlots}) l(id, slots)),
  asked as materialized (${asked}),
  ${lanesInOrder(one, two, three)},
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
  left join lateral (select * from event_payloads where id = n.event_id and n.nth = 1 offset 0) p on true`;

const statements: Record<FirstLane, string> = {
  0: statementOf(0, 1, 2),
  1: statementOf(1, 0, 2),
  2: statementOf(2, 0, 1),
};
