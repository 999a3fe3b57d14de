import type { DrainedEndpoint, DrainKind, Queryable, Sql } from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";

/** A drain whose turn it is, locked until the transaction ends: one step at a time, however many dispatchers there are. */
export interface EndpointDrain extends DrainedEndpoint {
  kind: DrainKind;
  /** The last delivery looked at. */
  position: string;
  /** Everything was looked at once; what routers committed late is looked at now. */
  lastPass: boolean;
  startedAt: Date;
}

/** The subscription of a drain, kept as it is until the transaction ends. */
export interface ReleasedEndpoint {
  active: boolean;
  /** Its deliveries wait for others of their subject. */
  ordered: boolean;
  /** Deliveries in its queue's retry lane that are due, counted to `dueMax`, and those at all, counted to `waitingMax`. */
  due: number;
  waiting: number;
  /** Its circuit breaker is open: it takes nothing for now. */
  broken: boolean;
}

/** True when some drain may take a step now. */
export async function hasDrainWork(sql: Sql): Promise<boolean> {
  const rows = await sql`select 1 from endpoint_drains where next_step_at <= now() limit 1`;
  return rows.length > 0;
}

/** Locks the drain that has waited longest, passing over those that others work on. */
export async function takeDrain(tx: Queryable): Promise<EndpointDrain | null> {
  const [row] = await tx<EndpointDrain[]>`
    select subscription_id id, organization_id "organizationId", shard, kind, position, last_pass "lastPass",
      started_at "startedAt"
    from endpoint_drains where next_step_at <= now() order by next_step_at limit 1 for update skip locked`;
  return row ?? null;
}

/**
 * Reads the subscription and keeps others from changing it. `busy`: somebody is, and may wait for the drain; waiting for
 * them would be a deadlock.
 */
export async function lockReleased(
  tx: Queryable,
  { id, shard }: EndpointDrain,
  { dueMax, waitingMax }: { dueMax: number; waitingMax: number },
): Promise<ReleasedEndpoint | "busy" | "gone"> {
  const [locked] = await tx<{ active: boolean; ordered: boolean }[]>`
    select active, ordering = 'fifo' ordered from subscriptions where id = ${id} for share skip locked`;
  if (locked === undefined) {
    const known = await tx`select 1 from subscriptions where id = ${id}`;
    return known.length > 0 ? "busy" : "gone";
  }
  const [now] = await tx<{ due: number; waiting: number; broken: boolean }[]>`
    select (select count(*)::int from (select 1 from delivery_queue
        where shard = ${shard} and lane = 1 and destination_id = ${id} and due_at <= now() limit ${dueMax}) q) due,
      (select count(*)::int from (select 1 from delivery_queue
        where shard = ${shard} and lane = 1 and destination_id = ${id} limit ${waitingMax}) q) waiting,
      exists (select from endpoint_state where subscription_id = ${id} and breaker <> 'closed') broken`;
  return { ...locked, due: now?.due ?? 0, waiting: now?.waiting ?? 0, broken: now?.broken ?? false };
}

/**
 * Whether every transaction has ended that may have seen the subscription as it was before. The first call for a drain
 * notes which ones are under way, so that is never true.
 */
export async function areOldRoutersGone(tx: Queryable, { id }: EndpointDrain): Promise<boolean> {
  const [row] = await tx<{ gone: boolean }[]>`
    update endpoint_drains
    set barrier = coalesce(barrier, pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    where subscription_id = ${id}
    returning barrier <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint gone`;
  return row?.gone ?? false;
}

/** The next step goes on from here. */
export async function advanceDrain(tx: Queryable, { id }: EndpointDrain, position: string): Promise<void> {
  await tx`
    update endpoint_drains set position = ${position}, next_step_at = clock_timestamp() where subscription_id = ${id}`;
}

/** Puts a drain off as it is. */
export async function postponeDrain(sql: Queryable, id: string, delayMs: number): Promise<void> {
  await sql`
    update endpoint_drains set next_step_at = clock_timestamp() + ${delayMs} * interval '1 millisecond'
    where subscription_id = ${id}`;
}

/** Everything was looked at: once more from ids that are so much older than the drain, after a delay. */
export async function beginLastPass(
  tx: Queryable,
  { id, startedAt }: EndpointDrain,
  { lateMs, delayMs }: { lateMs: number; delayMs: number },
): Promise<void> {
  await tx`
    update endpoint_drains set last_pass = true, position = ${firstIdAt(startedAt.getTime() - lateMs)},
      next_step_at = clock_timestamp() + ${delayMs} * interval '1 millisecond'
    where subscription_id = ${id}`;
}

export async function endDrain(tx: Queryable, { id }: EndpointDrain): Promise<void> {
  await tx`delete from endpoint_drains where subscription_id = ${id}`;
}

/** The subscription of a drain is gone, so nothing of it will ever be sent. */
export async function turnIntoCancel(tx: Queryable, { id }: EndpointDrain): Promise<void> {
  await tx`update endpoint_drains set kind = 'cancel', next_step_at = clock_timestamp() where subscription_id = ${id}`;
}
