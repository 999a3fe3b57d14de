import { expiryOf, failHeldDeliveries, type HistoryTable, type Queryable } from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";

const batchMax = 1_000;
const batchesMax = 100;

/**
 * Deletes rows older than `keepDays` from a table's default partition, where rows go whose day had none. At most
 * 100,000 per call.
 */
export async function expireStrays(
  sql: Queryable,
  table: HistoryTable,
  keepDays: number,
  now: Date,
): Promise<void> {
  const strays = sql(`${table}_default`);
  const untilId = firstIdAt(expiryOf(now, keepDays).getTime());
  for (let batch = 0; batch < batchesMax; batch++) {
    const rows = await sql<{ id: string }[]>`
      select id from ${strays} where id < ${untilId} order by id limit ${batchMax}`;
    const ids = rows.map(({ id }) => id);
    if (table === "event_payloads") await failHeldDeliveries(sql, { eventIds: ids });
    await sql`delete from ${strays} where id = any(${ids}::uuid[])`;
    if (ids.length < batchMax) return;
  }
}
