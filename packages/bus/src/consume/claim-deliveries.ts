import type { Sql } from "@carewire/db";

/** Deliveries to consumers live in this shard of `delivery_queue`; 0 to 63 belong to subscriptions. */
export const consumerShard = 64;

/** A delivery this process holds the lease of. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  eventId: string;
  /** 1 for the first try; counts tries whose lease ran out too. */
  attempt: number;
  /** The fencing token: whoever took the lease later has a newer one. */
  leaseToken: string;
  /** The lease before this one ran out without an outcome. */
  takenOver: boolean;
  /** The event's type; null when the event is not kept any more. */
  topic: string | null;
  externalId: string | null;
  sourceService: string;
  /** Unix milliseconds. */
  occurredAtMs: number;
  traceparent: string | null;
  /** The sealed payload; null when it is not kept any more. */
  sealedBody: Buffer | null;
}

export interface ClaimOptions {
  consumerId: string;
  /** Deliveries wanted at most. */
  slots: number;
  leaseSeconds: number;
}

/**
 * Takes leases on up to `slots` due deliveries of one consumer, and fetches what they carry, in one statement. The
 * lease's commit is the attempt's intent. One index range per lane, so that scheduled retries cost nothing; a lease
 * that ran out leaves a `lost` attempt, so that the ledger adds up.
 */
export async function claimDeliveries(sql: Sql, options: ClaimOptions): Promise<ClaimedDelivery[]> {
  const { consumerId, slots, leaseSeconds } = options;
  return sql<ClaimedDelivery[]>`
    with token as materialized (select nextval('lease_seq') t),
    pick as materialized (
      select x.* from (values (0::smallint), (1::smallint), (2::smallint)) v(lane)
      cross join lateral (
        select q.ctid tid, q.id, q.organization_id, q.attempts previous_n, q.lease_until previous_until
        from delivery_queue q
        where q.shard = ${consumerShard} and q.destination_id = ${consumerId}::uuid and q.lane = v.lane
          and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
        order by q.due_at limit ${slots}::int for update skip locked) x
      limit ${slots}::int),
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, previous_n, 'lost', 'lost', 'the lease ran out without an outcome',
        previous_until - ${leaseSeconds}::int * interval '1 second'
      from pick where previous_until is not null),
    leased as (update delivery_queue q set lease_token = (select t from token),
        lease_until = now() + ${leaseSeconds}::int * interval '1 second', attempts = q.attempts + 1
      from pick where q.ctid = pick.tid
      returning q.id, q.organization_id, q.event_id, q.attempts, q.lease_token,
        pick.previous_until is not null taken_over)
    select l.id, l.organization_id "organizationId", l.event_id "eventId", l.attempts "attempt",
      l.lease_token "leaseToken", l.taken_over "takenOver", e.type "topic", e.external_id "externalId",
      coalesce(e.source_service, '') "sourceService",
      coalesce(extract(epoch from e.occurred_at) * 1000, 0)::float8 "occurredAtMs", e.traceparent,
      p.body "sealedBody"
    from leased l left join events e on e.id = l.event_id left join event_payloads p on p.id = l.event_id`;
}
