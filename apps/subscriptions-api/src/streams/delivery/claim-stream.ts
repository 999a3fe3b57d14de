import type { Sql, Transaction } from "@carewire/db";
import { streamShard } from "@carewire/delivery";

/** A delivery leased to a stream's reader, with its event. */
export interface ClaimedForStream {
  id: string;
  event_id: string;
  attempts: number;
  retries: number;
  token: string;
  probe: boolean;
  /** null: the event is gone. */
  type: string | null;
  external_id: string | null;
  occurred_at_ms: number | null;
  traceparent: string | null;
  /** Sealed; null when the payload was erased. */
  body: Buffer | null;
}

export interface StreamClaim {
  subscriptionId: string;
  connectionId: string;
  max: number;
  leaseMs: number;
}

/**
 * Leases what is due of one stream subscription, oldest first, as `claimDeliveries` of the dispatcher does for endpoints:
 * the lease is the attempt's intent, and one that ran out before leaves a `lost` attempt. null: the stream is another
 * connection's by now, or nobody's.
 */
export async function claimForStream(
  tx: Transaction,
  { subscriptionId, connectionId, max, leaseMs }: StreamClaim,
): Promise<ClaimedForStream[] | null> {
  // Shared: who takes the stream over waits for this, and then finds what was leased here.
  const [stream] = await tx<{ active: boolean }[]>`
    select s.active from streams st join subscriptions s on s.id = st.subscription_id
    where st.subscription_id = ${subscriptionId} and st.connection_id = ${connectionId} for share of st`;
  if (stream === undefined) return null;
  return tx<ClaimedForStream[]>`
    with token as materialized (select nextval('lease_seq') t),
    due as materialized (
      select q.* from unnest('{0,1,2}'::smallint[]) l(lane) cross join lateral (
        select ctid tid, event_id, due_at, probe from delivery_queue
        where shard = ${streamShard}::smallint and lane = l.lane and destination_id = ${subscriptionId}
          and due_at <= now() and (lease_until is null or lease_until <= now()) and (probe or ${stream.active})
        order by due_at limit ${max} for update skip locked) q),
    pick as materialized (
      select q.ctid tid, q.id, q.organization_id, q.attempts previous, q.lease_until previous_until
      from delivery_queue q
      where q.ctid = any(array(select tid from due order by probe desc, event_id limit ${max}))),
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, previous, 'lost', 'retry',
        'the stream that had this attempt was cut, or did not say what came of it', previous_until
      from pick where previous_until is not null),
    leased as (update delivery_queue q set lease_token = (select t from token),
        lease_until = now() + ${leaseMs} * interval '1 millisecond', attempts = least(q.attempts + 1, 32767)
      where q.ctid = any(array(select tid from pick))
      returning q.id, q.event_id, q.attempts, q.retries, q.lease_token::text token, q.probe)
    select l.*, p.type, p.external_id, (extract(epoch from p.occurred_at) * 1000)::float8 occurred_at_ms,
      p.traceparent, p.body
    from leased l left join lateral (select * from event_payloads where id = l.event_id offset 0) p on true
    order by l.probe desc, l.event_id`;
}

/** Ends the leases of a stream's reader: it is gone, and what it had is due again. */
export async function endLeases(tx: Transaction, subscriptionId: string): Promise<void> {
  await tx`
    update delivery_queue set lease_until = now()
    where shard = ${streamShard}::smallint and lane = any('{0,1,2}') and destination_id = ${subscriptionId}
      and lease_until > now()`;
}

/** Those of the subscriptions that have something due. As the platform. */
export async function findDue(sql: Sql, ids: string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select s.id from unnest(${ids}::uuid[]) s(id) cross join lateral (
      select 1 from unnest('{0,1,2}'::smallint[]) l(lane) cross join lateral (
        select 1 from delivery_queue where shard = ${streamShard}::smallint and lane = l.lane
          and destination_id = s.id and due_at <= now() and (lease_until is null or lease_until <= now()) limit 1) q
      limit 1) due`;
  return rows.map(({ id }) => id);
}
