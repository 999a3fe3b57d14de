import { createPartitions, type Sql } from "@carewire/db";
import { type ExpiryDeps, expireHistory } from "./retention/expire-history.ts";

/**
 * Upkeep that any number of dispatchers may ask for at the same time: partitions ahead, what is too old away. A week of
 * partitions is ready, so what keeps the next one from being made is reported and holds up nothing.
 */
export async function upkeep(deps: ExpiryDeps, now: Date): Promise<void> {
  await createPartitions(deps.sql, now).catch((error) => deps.onError("create partitions", error));
  await expireHistory(deps, await earlierNow(deps.sql, now));
}

/** What is dropped never comes back, so of two clocks the one that is behind is believed. */
async function earlierNow(sql: Sql, now: Date): Promise<Date> {
  const [row] = await sql<[{ earlier: Date }]>`
    select least(now(), ${now.toISOString()}::timestamptz) earlier`;
  return row.earlier;
}
