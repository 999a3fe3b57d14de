import type { Queryable } from "../connect.ts";
import type { DrainedEndpoint } from "./begin-drain.ts";

/** Where what is released waits: it must not starve new events. */
const retryLane = 1;

/**
 * Makes held deliveries of the endpoint due now. `ids` are in order. Those that wait in line for others of their subject
 * go on there. Returns how many were queued.
 */
export async function releaseHeld(
  tx: Queryable,
  { id, shard }: DrainedEndpoint,
  ids: readonly string[],
): Promise<number> {
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return 0;
  // Between: so that partitions of other days are left alone whatever the plan.
  const queued = await tx`
    with open as (update deliveries set status = 0
      where status = 1 and id = any(${[...ids]}::uuid[]) and id between ${first} and ${last}
      returning id, organization_id, event_id, attempts)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
    select id, organization_id, event_id, ${id}, ${shard}, ${retryLane}, attempts from open
    where not exists (select from fifo_queue f where f.delivery_id = open.id)
    on conflict (id) do nothing`;
  return queued.count;
}

/**
 * Makes due what still waits in line although its subscription asks for no order any more, `rowsMax` deliveries at most.
 * Returns how many left the line.
 */
export async function releaseLine(
  tx: Queryable,
  { id, shard }: DrainedEndpoint,
  rowsMax: number,
): Promise<number> {
  const [row] = await tx<{ left: number }[]>`
    with picked as materialized (select ctid tid from fifo_queue
      where subscription_id = ${id} limit ${rowsMax} for update skip locked),
    removed as (delete from fifo_queue where ctid = any(array(select tid from picked)) returning delivery_id),
    open as materialized (select d.* from removed r
      cross join lateral (select id, organization_id, event_id, attempts, status from deliveries
        where id = r.delivery_id and status in (0, 1) offset 0) d),
    resumed as (update deliveries set status = 0
      where id = any(array(select id from open where status = 1)) and status = 1),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
      select id, organization_id, event_id, ${id}, ${shard}, ${retryLane}, attempts from open
      on conflict (id) do nothing)
    select count(*)::int "left" from removed`;
  return row?.left ?? 0;
}
