import { createPartitions, type Sql } from "@carewire/db";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import { type ExpiryDeps, expireHistory } from "./retention/expire-history.ts";

/** Upkeep that any number of dispatchers may ask for at the same time: partitions ahead, what is too old away. */
export async function upkeep(deps: ExpiryDeps, now: Date): Promise<void> {
  await createPartitions(deps.sql, now);
  await expireHistory(deps, now);
}

/** Measures what waits. Bounded: counting stops at 100,000. */
export async function measureBacklog(sql: Sql, metrics: DispatcherMetrics): Promise<void> {
  const [row] = await sql<{ due: number; oldest_seconds: number | null }[]>`
    select count(*)::int due, extract(epoch from now() - min(due_at))::float8 oldest_seconds
    from (select due_at from delivery_queue where due_at <= now() and shard < 64 limit 100000) q`;
  metrics.dueDeliveries.set(row?.due ?? 0);
  metrics.oldestDueSeconds.set(row?.oldest_seconds ?? 0);
}
