import {
  dropPartition,
  expiredPartitions,
  expiryOf,
  failHeldDeliveries,
  type HistoryTable,
  type Queryable,
} from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";

const dayMs = 86_400_000;
const sliceMs = 15 * 60_000;
/** How long a day of deliveries is kept beyond its time because some of them are not finished. */
const unfinishedDaysMax = 7;

/** Fails what is held in one day, a quarter of an hour at a time: a whole day could take longer than a statement may. */
async function failHeldOfDay(sql: Queryable, column: "id" | "event_id", day: Date): Promise<void> {
  for (let fromMs = day.getTime(); fromMs < day.getTime() + dayMs; fromMs += sliceMs) {
    await failHeldDeliveries(sql, {
      column,
      fromId: firstIdAt(fromMs),
      untilId: firstIdAt(fromMs + sliceMs),
    });
  }
}

async function hasUnfinished(sql: Queryable, day: Date): Promise<boolean> {
  const [fromId, untilId] = [firstIdAt(day.getTime()), firstIdAt(day.getTime() + dayMs)];
  const [row] = await sql<{ unfinished: boolean }[]>`
    select exists (select from delivery_queue where id >= ${fromId} and id < ${untilId})
      or exists (select from fifo_queue where delivery_id >= ${fromId} and delivery_id < ${untilId}) unfinished`;
  return row?.unfinished ?? false;
}

/** True when nothing in a day's partition waits for its end any more, or waited too long. */
async function mayDrop(
  sql: Queryable,
  table: HistoryTable,
  day: Date,
  now: Date,
  keepDays: number,
): Promise<boolean> {
  switch (table) {
    case "event_payloads":
      await failHeldOfDay(sql, "event_id", day);
      return true;
    case "deliveries":
      await failHeldOfDay(sql, "id", day);
      return mayDrop(sql, "events", day, now, keepDays);
    case "events":
      return day < expiryOf(now, keepDays + unfinishedDaysMax) || !(await hasUnfinished(sql, day));
    case "attempts":
    case "inbound_requests":
      return true;
  }
}

/**
 * Drops the day partitions of a table that are older than `keepDays`, oldest first. What is held while its payload
 * goes fails visibly; what is queued fails at its next attempt, and its day's events and deliveries wait for that, up
 * to a week. A partition that cannot be locked is left for the next time.
 */
export async function expirePartitions(
  sql: Queryable,
  table: HistoryTable,
  keepDays: number,
  now: Date,
): Promise<void> {
  for (const { name, day } of await expiredPartitions(sql, table, expiryOf(now, keepDays))) {
    if (await mayDrop(sql, table, day, now, keepDays)) await dropPartition(sql, name);
  }
}
