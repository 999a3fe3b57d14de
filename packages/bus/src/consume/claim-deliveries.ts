import type { Sql } from "@carewire/db";

/** Deliveries to consumers live in this shard of `delivery_queue`; 0 to 63 belong to subscriptions. */
export const consumerShard = 64;

/** Which of the stored payloads a delivery carries, hence what it is sealed under. */
export type SealedSource = "event" | "correction" | "dead_letter";

/** A delivery this process holds the lease of. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  /** The account its event belongs to, if any; null when the event is not kept any more. */
  accountId: string | null;
  eventId: string;
  /** 1 for the first try; counts tries whose lease ran out too. */
  attempt: number;
  /** Tries that failed in a way that counts against the limit. */
  failures: number;
  /** The fencing token: whoever took the lease later has a newer one. */
  leaseToken: string;
  /** Null: no lease of it ever ran out. Else how often it was handled as the only such one, with this time. */
  suspectRuns: number | null;
  /** The event's type; null when the event is not kept any more. */
  topic: string | null;
  externalId: string | null;
  sourceService: string;
  /** Unix milliseconds. */
  occurredAtMs: number;
  traceparent: string | null;
  /** The sealed payload; null when it is not kept any more. */
  sealedBody: Buffer | null;
  sealedSource: SealedSource;
  /** The dead letter this is a retry of. */
  deadLetterId: string | null;
}

export interface ClaimOptions {
  consumerId: string;
  /** Deliveries wanted at most. */
  slots: number;
  leaseSeconds: number;
  /** Whether one of them may be a delivery whose lease ran out before. */
  suspect: boolean;
}

export interface Claim {
  deliveries: ClaimedDelivery[];
  /** There may be more that are due. */
  more: boolean;
}

type ClaimRow = Omit<ClaimedDelivery, "leaseToken"> & { leaseToken: string | null };

/**
 * Takes leases on up to `slots` due deliveries of one consumer, and fetches what they carry, in one statement. The
 * lease's commit is the attempt's intent. One index range per lane, so that scheduled retries cost nothing. A lease that
 * ran out leaves a `lost` attempt, so that the ledger adds up, and makes its delivery a suspect: from then on it is
 * claimed one at a time, so that the one that ends its process is told from those that were only near it. They come in the
 * order of their events; claims that run side by side have none.
 */
export async function claimDeliveries(sql: Sql, options: ClaimOptions): Promise<Claim> {
  const { consumerId, slots, leaseSeconds, suspect } = options;
  const rows = await sql<ClaimRow[]>`
    with token as materialized (select nextval('lease_seq') t),
    suspect as materialized (
      select q.ctid tid, q.id, q.organization_id, q.attempts previous_n, q.lease_until previous_until, true is_suspect
      from delivery_queue q join consumers c on c.id = q.destination_id and c.active
      where ${suspect} and q.destination_id = ${consumerId}::uuid and q.suspect_runs is not null
        and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
      order by q.due_at limit 1 for update of q skip locked),
    due as materialized (
      select x.* from consumers c cross join (values (0::smallint), (1::smallint), (2::smallint)) v(lane)
      cross join lateral (
        select q.ctid tid, q.id, q.organization_id, q.attempts previous_n, q.lease_until previous_until, false is_suspect
        from delivery_queue q
        where q.shard = ${consumerShard} and q.destination_id = ${consumerId}::uuid and q.lane = v.lane
          and q.due_at <= now() and q.suspect_runs is null and (q.lease_until is null or q.lease_until <= now())
        order by q.due_at limit ${slots}::int for update skip locked) x
      where c.id = ${consumerId}::uuid and c.active
      limit ${slots}::int - (select count(*) from suspect)),
    pick as materialized (
      select *, not is_suspect and previous_until is not null as is_parked
      from (select * from suspect union all select * from due) u),
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, previous_n, 'lost', 'lost', 'the lease ran out without an outcome',
        previous_until - ${leaseSeconds}::int * interval '1 second'
      from pick where previous_until is not null),
    leased as (update delivery_queue q
      set lease_token = case when not is_parked then (select t from token) end,
        lease_until = case when not is_parked then now() + ${leaseSeconds}::int * interval '1 second' end,
        -- one delivery that never ends must not stop every claim
        attempts = least(q.attempts::int + case when is_parked then 0 else 1 end, 32767),
        suspect_runs = case when is_parked then 0 when is_suspect then least(q.suspect_runs::int + 1, 32767) end
      from pick where q.ctid = pick.tid
      returning q.id, q.organization_id, q.event_id, q.attempts, q.retries, q.lease_token, q.suspect_runs)
    select l.id, l.organization_id "organizationId", e.account_id "accountId", l.event_id "eventId",
      l.attempts "attempt", l.retries "failures", l.lease_token "leaseToken", l.suspect_runs "suspectRuns",
      coalesce(e.type, d.topic) "topic", e.external_id "externalId",
      coalesce(e.source_service, '') "sourceService",
      coalesce(extract(epoch from coalesce(e.occurred_at, d.created_at)) * 1000, 0)::float8 "occurredAtMs", e.traceparent,
      coalesce(r.payload, p.body, d.original_payload) "sealedBody",
      case when r.payload is not null then 'correction' when p.body is not null or d.id is null then 'event'
        else 'dead_letter' end "sealedSource", d.id "deadLetterId"
    from leased l left join events e on e.id = l.event_id left join event_payloads p on p.id = l.event_id
    left join dead_letter_retries r on r.id = l.id left join dead_letters d on d.id = r.dead_letter_id
    order by l.event_id`;
  const deliveries = rows.filter((row): row is ClaimedDelivery => row.leaseToken !== null);
  return { deliveries, more: rows.length >= slots || deliveries.length < rows.length };
}
