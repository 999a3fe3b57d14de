import type { DoctorCheck } from "@carewire/contracts";
import { historyTables, partitionDaysAhead, type Sql } from "@carewire/db";

const skewMsMax = 2_000;
const connectionShareMax = 0.9;
/** Upkeep makes partitions long before they are needed; from here on somebody should look. */
const daysAheadMin = 2;

/** Durable commits, room for connections, and a clock that agrees with this process's. */
export async function checkDatabase(sql: Sql, nowMs: () => number): Promise<DoctorCheck[]> {
  const before = nowMs();
  const [row] = await sql<{ now_ms: number; commit: string; used: number; allowed: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 now_ms, current_setting('synchronous_commit') commit,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') used,
      current_setting('max_connections')::int allowed`;
  if (row === undefined) throw new Error("the database said nothing of itself");
  // When within the question it was read is not known: it may have waited for a connection.
  const skewMs = Math.max(0, before - row.now_ms, row.now_ms - nowMs());
  const isFull = row.used > row.allowed * connectionShareMax;
  return [
    {
      name: "durable commits",
      status: row.commit === "off" ? "failed" : "ok",
      detail: `synchronous_commit = ${row.commit}`,
    },
    {
      name: "database connections",
      status: isFull ? "warning" : "ok",
      detail: `${row.used} of ${row.allowed} in use`,
    },
    {
      name: "database clock",
      status: skewMs > skewMsMax ? "failed" : "ok",
      detail: `differs from this server's by ${Math.round(skewMs)} ms`,
    },
  ];
}

/** The day partitions of today and of the days to come, and what went into the default partitions for want of them. */
export async function checkPartitions(sql: Sql): Promise<DoctorCheck> {
  const name = "partitions";
  const [row] = await sql<{ missing: string[]; strays: string[]; days: number }[]>`
    with wanted as (
      select parent || '_' || to_char(day, 'YYYYMMDD') child
      from unnest(${[...historyTables]}::text[]) parent,
        generate_series((now() at time zone 'utc')::date, (now() at time zone 'utc')::date + ${daysAheadMin}::int, interval '1 day') day)
    select array(select child from wanted where to_regclass(child) is null) missing,
      array(select t from unnest(${[...historyTables]}::text[]) t
        where (select n_live_tup from pg_stat_user_tables where relname = t || '_default') > 0) strays,
      (select count(*)::int from pg_inherits where inhparent = 'deliveries'::regclass) days`;
  const { missing = [], strays = [], days = 0 } = row ?? {};
  if (missing.length > 0) {
    return {
      name,
      status: "failed",
      detail: `missing: ${missing.slice(0, 5).join(", ")}; does a dispatcher run?`,
    };
  }
  if (strays.length > 0) {
    return { name, status: "warning", detail: `rows without a day of their own in: ${strays.join(", ")}` };
  }
  return { name, status: "ok", detail: `${days - 1} days, of ${partitionDaysAhead} kept ahead` };
}
