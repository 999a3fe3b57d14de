import { setTimeout as delay } from "node:timers/promises";
import type { Queryable } from "./connect.ts";

/** Days of partitions kept ready ahead of today, so that a stopped maintenance loop is noticed before it hurts. */
export const partitionDaysAhead = 7;

/** Tables whose rows are kept by the day of their id. */
export const historyTables = [
  "inbound_requests",
  "events",
  "event_payloads",
  "deliveries",
  "attempts",
] as const;

export type HistoryTable = (typeof historyTables)[number];

const lockTries = 10;
const lockDelayMs = 300;
const dayMs = 86_400_000;

/** How many partitions to create, and how patiently. */
export interface CreatePartitionsOptions {
  /** Days beyond today. Default: 7. */
  daysAhead?: number;
  /** How often it waits half a second for a table that somebody reads. Default: 10. */
  tries?: number;
}

/**
 * Creates the missing day partitions from today on; returns how many it made. Safe to run concurrently. Throws when a
 * long-running statement holds a table for seconds: nothing may queue up behind us, so we give way.
 */
export async function createPartitions(
  sql: Queryable,
  now: Date,
  { daysAhead = partitionDaysAhead, tries = lockTries }: CreatePartitionsOptions = {},
): Promise<number> {
  const today = now.toISOString().slice(0, 10);
  return givingWay(tries, async () => {
    const [row] = await sql<{ made: number }[]>`
      select carewire_create_partitions(${today}::text::date, ${today}::text::date + ${daysAhead}::int) made`;
    return row?.made ?? 0;
  });
}

/** Start of the UTC day before which every row is older than `days`. */
export function expiryOf(now: Date, days: number): Date {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  return new Date(today - days * dayMs);
}

/** Day partitions that hold nothing younger than `before` (the start of a day), oldest first. */
export async function expiredPartitions(
  sql: Queryable,
  table: HistoryTable,
  before: Date,
): Promise<{ name: string; day: Date }[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass and c.relname ~ '_[0-9]{8}$' and right(c.relname, 8) < ${yyyymmdd(before)}
    order by 1`;
  return rows.map(({ name }) => ({ name, day: dayOf(name) }));
}

/**
 * Drops a day partition. Waits for nobody longer than 100 ms, but tries again for some seconds; throws with
 * PostgreSQL's `lock_not_available` when that was not enough.
 */
export async function dropPartition(sql: Queryable, name: string): Promise<void> {
  await givingWay(lockTries, () => sql`select carewire_drop_partition(${name})`);
}

const yyyymmdd = (date: Date): string => date.toISOString().slice(0, 10).replaceAll("-", "");

function dayOf(partition: string): Date {
  const digits = partition.slice(-8);
  return new Date(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`);
}

// SQLSTATE 55P03, lock_not_available.
const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "55P03";

async function givingWay<Result>(triesMax: number, work: () => PromiseLike<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error) || tries >= triesMax) throw error;
      await delay(lockDelayMs);
    }
  }
}
