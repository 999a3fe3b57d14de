import { firstIdAt, operationalTypes, timestampOfId } from "@carewire/envelope";
import type { Queryable } from "../connect.ts";
import type { ReplayCandidate, ReplayPosition, ReplaySelection } from "./replay-selection.ts";
import { hasResponseClass } from "./response-class.ts";

/** A delivery's id may be this much older than its event's: they come from two clocks. */
const clockSkewMs = 3_600_000;

/** The patterns that match the type of `events e`, as routing looks them up. */
function patternsOfEvent(sql: Queryable) {
  return sql`array[case when e.type <> all(${operationalTypes}::text[]) then '*' end,
    e.type, split_part(e.type, '.', 1) || '.*',
    case when split_part(e.type, '.', 3) <> ''
      then split_part(e.type, '.', 1) || '.' || split_part(e.type, '.', 2) || '.*' end]`;
}

/** Conditions on `events e` that hold for both walks. */
function eventFits(sql: Queryable, { types, accountId }: ReplaySelection) {
  return sql`e.type not like 'cari.%'
    ${types === null ? sql`` : sql`and (${types}::text[] && ${patternsOfEvent(sql)})`}
    ${accountId === null ? sql`` : sql`and e.account_id = ${accountId}`}
    and exists (select 1 from event_payloads b where b.id = e.id and b.body is not null)`;
}

/** Deliveries to `p.subscription_id` after `p.after`. Only the newest of an event counts, and pings never do. */
function walkDeliveries(
  sql: Queryable,
  selection: ReplaySelection & { walk: "deliveries" },
  jobId: string | null,
  lookMax: number,
) {
  const { organizationId, untilId, statuses, responseClass } = selection;
  return sql`
    select d.id, d.event_id, d.id replay_of, (
        d.status = any(${statuses}::smallint[]) and d.trigger <> 2 and d.destination_kind = 0
        ${jobId === null ? sql`` : sql`and d.replay_job_id is distinct from ${jobId}`}
        and not exists (select 1 from deliveries n where n.trigger = 1 and n.event_id = d.event_id
          and n.destination_id = d.destination_id and n.id > d.id)
        and exists (select 1 from events e where e.id = d.event_id and ${eventFits(sql, selection)})
        ${responseClass === null ? sql`` : sql`and ${hasResponseClass(sql, responseClass)}`}) matched
    from (select * from deliveries where organization_id = ${organizationId}
      and destination_id = p.subscription_id and id > p.after and id < ${untilId}
      order by id limit ${lookMax}) d`;
}

/**
 * Events of the organization after `p.after` that `p.subscription_id` would get by its patterns and account. Its
 * filter is not evaluated here. What still waits to be routed is left to routing: it would arrive twice.
 */
function walkEvents(sql: Queryable, selection: ReplaySelection & { walk: "events" }, lookMax: number) {
  const { organizationId, untilId, which } = selection;
  return sql`
    select e.id, e.id event_id, (select d.id from deliveries d where d.event_id = e.id
        and d.destination_id = p.subscription_id and d.trigger <> 2 and d.id > p.earliest
        order by d.id desc limit 1) replay_of, (
        ${eventFits(sql, selection)} and (p.account_id is null or p.account_id = e.account_id)
        and exists (select 1 from subscription_patterns sp where sp.subscription_id = p.subscription_id
          and sp.pattern = any(${patternsOfEvent(sql)}))
        and not exists (select 1 from route_queue r where r.event_id = e.id)
        and not exists (select 1 from filter_queue f
          where f.event_id = e.id and f.subscription_id = p.subscription_id)
        and not exists (select 1 from deliveries d where d.event_id = e.id and d.id > p.earliest
          and (d.trigger = 2 or d.destination_id = p.subscription_id
            ${which === "missing" ? sql`` : sql`and d.status in (0, 1)`}))) matched
    from (select * from events where organization_id = ${organizationId} and id > p.after and id < ${untilId}
      order by id limit ${lookMax}) e`;
}

function candidates(
  sql: Queryable,
  selection: ReplaySelection,
  positions: ReplayPosition[],
  jobId: string | null,
  lookMax: number,
) {
  const walk =
    selection.walk === "deliveries"
      ? walkDeliveries(sql, selection, jobId, lookMax)
      : walkEvents(sql, selection, lookMax);
  const earliest = positions.map(({ after }) => firstIdAt(Math.max(0, timestampOfId(after) - clockSkewMs)));
  return sql`
    unnest(${positions.map((p) => p.subscriptionId)}::uuid[], ${positions.map((p) => p.accountId)}::uuid[],
      ${positions.map((p) => p.after)}::uuid[], ${earliest}::uuid[]) p(subscription_id, account_id, after, earliest)
    cross join lateral (${walk}) w`;
}

/** Looks at the next `lookMax` deliveries or events of one endpoint, oldest first; fewer come back at the end. */
export async function readReplayCandidates(
  sql: Queryable,
  selection: ReplaySelection,
  position: ReplayPosition,
  { jobId, lookMax }: { jobId: string; lookMax: number },
): Promise<ReplayCandidate[]> {
  return sql<ReplayCandidate[]>`
    select w.id, w.event_id "eventId", w.replay_of "replayOf", w.matched
    from ${candidates(sql, selection, [position], jobId, lookMax)} order by w.id`;
}

/** What counting saw of one endpoint. */
export interface ReplayCount {
  subscriptionId: string;
  looked: number;
  matched: number;
  /** The last id looked at. */
  last: string;
}

/** Counts among the next `lookMax` deliveries or events of each endpoint; one with nothing further is missing. */
export async function countReplayCandidates(
  sql: Queryable,
  selection: ReplaySelection,
  positions: ReplayPosition[],
  lookMax: number,
): Promise<ReplayCount[]> {
  return sql<ReplayCount[]>`
    select p.subscription_id "subscriptionId", count(*)::int looked, (count(*) filter (where w.matched))::int matched,
      (array_agg(w.id order by w.id desc))[1] last
    from ${candidates(sql, selection, positions, null, lookMax)} group by 1`;
}
