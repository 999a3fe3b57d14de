import { createPartitions, type Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";

const expiredKeysMax = 10_000;

/** Upkeep that any number of dispatchers may do at the same time: partitions ahead, expired keys away. */
export async function upkeep(sql: Sql, clock: Clock): Promise<void> {
  await createPartitions(sql, new Date(clock.now()));
  await sql`delete from idempotency where ctid = any(array(
    select ctid from idempotency where expires_at < now() limit ${expiredKeysMax}))`;
}

/** Measures what waits. Bounded: counting stops at 100,000. */
export async function measureBacklog(sql: Sql, metrics: DispatcherMetrics): Promise<void> {
  const [row] = await sql<{ due: number; oldest_seconds: number | null }[]>`
    select count(*)::int due, extract(epoch from now() - min(due_at))::float8 oldest_seconds
    from (select due_at from delivery_queue where due_at <= now() and shard < 64 limit 100000) q`;
  metrics.dueDeliveries.set(row?.due ?? 0);
  metrics.oldestDueSeconds.set(row?.oldest_seconds ?? 0);
}
