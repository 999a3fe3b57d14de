import type { Sql } from "@carewire/db";
import { type LaneRow, type OrderedLane, toLanes } from "../fifo/ordered-lane.ts";

/** A piece of a sweep: what it found, and where the next piece begins; null at the end. */
export interface Swept {
  lanes: OrderedLane[];
  next: OrderedLane | null;
}

/** Before the first lane. */
export const firstLane: OrderedLane = { subscriptionId: "00000000-0000-0000-0000-000000000000", subject: "" };

interface Row {
  lanes: LaneRow[] | null;
  next: LaneRow | null;
}

const toSwept = (row: Row | undefined): Swept => ({
  lanes: toLanes(row?.lanes ?? null),
  next: toLanes(row?.next ? [row.next] : null)[0] ?? null,
});

/**
 * Frees lanes whose head is not queued any more, beyond `after`: their dispatcher died between recording the outcome and
 * freeing the lane.
 */
export async function sweepLanes(sql: Sql, after: OrderedLane, lanesMax: number): Promise<Swept> {
  const [row] = await sql<Row[]>`
    with page as materialized (select ctid tid, subscription_id, subject, delivery_id from fifo_lanes
      where (subscription_id, subject) > (${after.subscriptionId}::uuid, ${after.subject}::text)
      order by subscription_id, subject limit ${lanesMax}),
    freed as (delete from fifo_lanes where ctid = any(array(select p.tid from page p
        left join lateral (select true queued from delivery_queue where id = p.delivery_id offset 0) q on true
        where q.queued is null))
      returning subscription_id, subject)
    select (select json_agg(json_build_array(subscription_id, subject)) from freed) lanes,
      (select json_build_array(subscription_id, subject) from page
        order by subscription_id, subject offset ${lanesMax - 1}) next`;
  return toSwept(row);
}

/**
 * Finds lanes where deliveries wait and none is on its way, beyond `after`; one step per lane however many wait in it.
 * Deliveries whose subscription is gone are cancelled: it was deleted while they were being routed.
 */
export async function sweepWaiting(sql: Sql, after: OrderedLane, lanesMax: number): Promise<Swept> {
  const [row] = await sql<Row[]>`
    with recursive page as (
      (select subscription_id, subject, 1 n from fifo_queue
        where (subscription_id, subject) > (${after.subscriptionId}::uuid, ${after.subject}::text)
        order by subscription_id, subject limit 1)
      union all
      select f.subscription_id, f.subject, p.n + 1 from page p
      cross join lateral (select subscription_id, subject from fifo_queue
        where (subscription_id, subject) > (p.subscription_id, p.subject)
        order by subscription_id, subject limit 1) f
      where p.n < ${lanesMax}),
    known as materialized (select p.*, s.active, l.taken from page p
      left join lateral (select active from subscriptions where id = p.subscription_id offset 0) s on true
      left join lateral (select true taken from fifo_lanes
        where subscription_id = p.subscription_id and subject = p.subject offset 0) l on true),
    orphans as (delete from fifo_queue where ctid = any(array(
        select f.ctid from known k join fifo_queue f on f.subscription_id = k.subscription_id and f.subject = k.subject
        where k.active is null limit ${lanesMax}))
      returning delivery_id),
    cancelled as (update deliveries set status = 4, finished_at = now()
      where id = any(array(select delivery_id from orphans)) and status in (0, 1))
    select (select json_agg(json_build_array(subscription_id, subject)) from known where active and taken is null) lanes,
      (select json_build_array(subscription_id, subject) from known where n = ${lanesMax}) next`;
  return toSwept(row);
}
