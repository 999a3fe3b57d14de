import type { Queryable } from "@carewire/db";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";

/** Counting stops here. */
const countedMax = 100_000;

interface QueueRow {
  due: number;
  held_back: number;
  oldest: Date | null;
  to_route: number;
}

/**
 * What is due now, as the dispatchers measure it: what waits for a broken or limited endpoint, or a paused consumer, does
 * not wait for us.
 */
export async function readQueue(tx: Queryable, access: Access) {
  const [row] = await tx<QueueRow[]>`
    select count(*) filter (where not held_back)::int due, count(*) filter (where held_back)::int held_back,
      min(due_at) filter (where not held_back) oldest,
      (select count(*)::int from (select 1 from route_queue r where ${withinAccess(tx, "r", access)}
        limit ${countedMax}) r) to_route
    from (select due_at, destination_id in (select subscription_id from endpoint_state where breaker <> 'closed'
        union all select id from subscriptions where rate_limit_per_second is not null
        union all select id from consumers where not active) held_back
      from delivery_queue q where due_at <= now() and ${withinAccess(tx, "q", access)} limit ${countedMax}) q`;
  if (row === undefined) throw new Error("an aggregate returned no row");
  return {
    due: row.due,
    oldest_due_at: row.oldest?.toISOString() ?? null,
    held_back: row.held_back,
    to_route: row.to_route,
    complete: row.due + row.held_back < countedMax && row.to_route < countedMax,
  };
}
