import type { Sql } from "@carewire/db";
import type { OrderedLane } from "../fifo/ordered-lane.ts";

/**
 * Frees the lanes whose delivery at the head is finished, so that the next one may go; returns them. A delivery that is
 * still in the queue (tried again later) keeps its lane, one that never had a lane changes nothing.
 */
export async function releaseLanes(sql: Sql, deliveryIds: readonly string[]): Promise<OrderedLane[]> {
  if (deliveryIds.length === 0) return [];
  return sql<OrderedLane[]>`
    with done as materialized (select l.ctid tid from unnest(${[...deliveryIds]}::uuid[]) t(id)
      cross join lateral (select ctid, delivery_id from fifo_lanes where delivery_id = t.id offset 0) l
      left join lateral (select true queued from delivery_queue where id = l.delivery_id offset 0) q on true
      where q.queued is null)
    delete from fifo_lanes where ctid = any(array(select tid from done))
    returning subscription_id "subscriptionId", subject`;
}
