import type { Queryable } from "../connect.ts";
import type { DrainedEndpoint } from "./begin-drain.ts";

/**
 * Ends queued deliveries of an endpoint, `rowsMax` at most; returns how many. One that is being sent right now is
 * finished by the dispatcher, which cancels it should it need a retry.
 */
export async function cancelQueued(
  tx: Queryable,
  { id, shard }: DrainedEndpoint,
  rowsMax: number,
): Promise<number> {
  const cancelled = await tx`
    with picked as materialized (select ctid tid from delivery_queue
      where shard = ${shard} and lane = any('{0,1,2}') and destination_id = ${id}
        and (lease_until is null or lease_until <= now())
      limit ${rowsMax} for update skip locked),
    removed as (delete from delivery_queue where ctid = any(array(select tid from picked))
      returning id, organization_id, attempts, lease_until),
    -- A lease that ran out was an attempt whose outcome nobody knows; the next claim would have said so.
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'lost', 'failed',
        'the worker that held this attempt vanished before recording its outcome', lease_until
      from removed where lease_until is not null)
    update deliveries d set status = 4, attempts = removed.attempts, finished_at = now()
    from removed where d.id = removed.id and d.id = any(array(select id from removed))`;
  return cancelled.count;
}

/**
 * Ends deliveries that wait for others of their subject, `rowsMax` at most; returns how many. A lane whose first is being
 * sent right now is left to the dispatcher.
 */
export async function cancelLine(tx: Queryable, { id }: DrainedEndpoint, rowsMax: number): Promise<number> {
  await tx`
    delete from fifo_lanes where ctid = any(array(
      select l.ctid from fifo_lanes l where subscription_id = ${id}
        and not exists (select from delivery_queue q where q.id = l.delivery_id)
      limit ${rowsMax} for update skip locked))`;
  const [row] = await tx<{ left: number }[]>`
    with picked as materialized (select ctid tid from fifo_queue
      where subscription_id = ${id} limit ${rowsMax} for update skip locked),
    removed as (delete from fifo_queue where ctid = any(array(select tid from picked)) returning delivery_id),
    cancelled as (update deliveries set status = 4, finished_at = now()
      where id = any(array(select delivery_id from removed)) and status in (0, 1))
    select count(*)::int "left" from removed`;
  return row?.left ?? 0;
}

/** Ends held deliveries. `ids` are in order. Returns how many were held still. */
export async function cancelHeld(tx: Queryable, ids: readonly string[]): Promise<number> {
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const cancelled = await tx`
    update deliveries set status = 4, finished_at = now()
    where status = 1 and id = any(${[...ids]}::uuid[]) and id between ${first} and ${last}`;
  return cancelled.count;
}
