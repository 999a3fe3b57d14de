import { expiryOf, failHeldDeliveries, type HistoryTable, type Queryable } from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";

const batchMax = 1_000;
const batchesMax = 100;

/** When a row of `t` was written, by the database's clock; nothing for a payload whose event is gone. */
const writtenAt = (sql: Queryable, table: HistoryTable) => {
  switch (table) {
    case "event_payloads":
      return sql`(select created_at from events where id = t.id)`;
    case "inbound_requests":
      return sql`t.received_at`;
    case "events":
    case "deliveries":
    case "attempts":
      return sql`t.created_at`;
  }
};

/**
 * Deletes rows older than `keepDays` from a table's default partition, where rows go whose day had none. Often that is
 * because a clock was wrong which made their ids: so they must have been written that long ago, too. At most 100,000
 * per call.
 */
export async function expireStrays(
  sql: Queryable,
  table: HistoryTable,
  keepDays: number,
  now: Date,
): Promise<void> {
  const strays = sql(`${table}_default`);
  const expiry = expiryOf(now, keepDays);
  const untilId = firstIdAt(expiry.getTime());
  let afterId = firstIdAt(0);
  for (let batch = 0; batch < batchesMax; batch++) {
    const rows = await sql<{ id: string }[]>`
      select id from ${strays} t where id > ${afterId} and id < ${untilId}
        and coalesce(${writtenAt(sql, table)} < ${expiry.toISOString()}::timestamptz, true)
      order by id limit ${batchMax}`;
    const ids = rows.map(({ id }) => id);
    if (table === "event_payloads") await failHeldDeliveries(sql, { eventIds: ids });
    await sql`delete from ${strays} where id = any(${ids}::uuid[])`;
    if (ids.length < batchMax) return;
    afterId = ids.at(-1) ?? afterId;
  }
}
