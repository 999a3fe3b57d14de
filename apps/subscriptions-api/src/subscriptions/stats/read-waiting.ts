import { statsWaitingMax } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { storedStatus } from "../../deliveries/delivery-status.ts";
import type { SubscriptionRow } from "../subscription-row.ts";

/** What waits for a subscription now. Counts stop at the limit; `looked` says how far they came. */
export interface Waiting {
  queued: number;
  held: number;
  looked: number;
  /** Dispatchers are releasing what is held. */
  draining: boolean;
  oldest_due_at: Date | null;
  next_due_at: Date | null;
}

/** Reads what waits. Each part is bounded: the queue by its index, what is held by the newest deliveries. */
export async function readWaiting(
  tx: Queryable,
  { id, shard }: Pick<SubscriptionRow, "id" | "shard">,
): Promise<Waiting> {
  const ofLane = tx`delivery_queue q where q.shard = ${shard} and q.lane = v.lane and q.destination_id = ${id}
    and (q.lease_until is null or q.lease_until <= now())`;
  const [row] = await tx<Waiting[]>`
    with lanes as materialized (select lane::smallint from (values (0), (1), (2)) l(lane)),
    due as (select min(first.due_at) oldest_due_at from lanes v cross join lateral (
      select q.due_at from ${ofLane} and q.due_at <= now() order by q.due_at limit 1) first),
    later as (select min(first.due_at) next_due_at from lanes v cross join lateral (
      select q.due_at from ${ofLane} and q.due_at > now() order by q.due_at limit 1) first),
    queued as (select count(*)::int queued from (
      (select 1 from delivery_queue where shard = ${shard} and lane = any('{0,1,2}') and destination_id = ${id}
        limit ${statsWaitingMax})
      union all (select 1 from fifo_queue where subscription_id = ${id} limit ${statsWaitingMax})) q),
    held as (select count(*) filter (where status = ${storedStatus.held})::int held, count(*)::int looked from (
      select status from deliveries where destination_id = ${id} order by id desc limit ${statsWaitingMax}) d),
    draining as (select exists (select from endpoint_drains
      where subscription_id = ${id} and kind = 'release' and not last_pass) draining)
    select * from due, later, queued, held, draining`;
  if (row === undefined) throw new Error("an aggregate returned no row");
  return row;
}
