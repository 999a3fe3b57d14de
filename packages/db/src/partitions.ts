import type { Sql } from "./connect.ts";

/** Days of partitions kept ready ahead of today, so that a stopped maintenance loop is noticed before it hurts. */
export const partitionDaysAhead = 7;

/** Creates the missing day partitions from today on; returns how many it made. Safe to run concurrently. */
export async function createPartitions(sql: Sql, now: Date, daysAhead = partitionDaysAhead): Promise<number> {
  const today = now.toISOString().slice(0, 10);
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(720211065)`;
    const [row] = await tx<{ made: number }[]>`
      select carewire_create_partitions(${today}::text::date, ${today}::text::date + ${daysAhead}::int) made`;
    return row?.made ?? 0;
  });
}
