import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { countMinute, minuteMs } from "./count-minute.ts";

export interface TrafficDeps {
  sql: Sql;
  clock: Clock;
}

/** What was begun in a minute is recorded by then. */
const settledMs = 20_000;
/** How far back minutes are made up for that nobody counted, such as during a restart. */
const minutesBackMax = 10;
/** Charts show 24 hours. */
const keptMs = 25 * 60 * minuteMs;

/** Counts one minute, unless somebody did or is at it. */
function countOnce({ sql }: TrafficDeps, startMs: number): Promise<void> {
  const minute = new Date(startMs);
  return sql.begin(async (tx) => {
    const [mine] = await tx`
      insert into counted_minutes (minute, estimated) values (${minute}, false) on conflict do nothing returning 1`;
    if (mine === undefined) return;
    const { byOrganization, estimated } = await countMinute(tx, startMs);
    const rows = [...byOrganization].map(([organization_id, traffic]) => ({
      minute,
      organization_id,
      ...traffic,
    }));
    if (estimated) await tx`update counted_minutes set estimated = true where minute = ${minute}`;
    for (let from = 0; from < rows.length; from += 1_000) {
      await tx`insert into traffic_minutes ${tx(rows.slice(from, from + 1_000))}`;
    }
  }) as Promise<void>;
}

/** Counts the minutes that are over, the newest first, and forgets those that no chart shows any more. */
export async function countTraffic(deps: TrafficDeps): Promise<void> {
  const { sql, clock } = deps;
  const nowMs = clock.now();
  const newestMs = Math.floor((nowMs - settledMs) / minuteMs) * minuteMs - minuteMs;
  const wanted = Array.from({ length: minutesBackMax }, (_value, n) => newestMs - n * minuteMs);
  const counted = await sql<{ minute: Date }[]>`
    select minute from counted_minutes where minute >= ${new Date(wanted.at(-1) ?? newestMs)}`;
  const known = new Set(counted.map(({ minute }) => minute.getTime()));
  for (const startMs of wanted) if (!known.has(startMs)) await countOnce(deps, startMs);
  await sql`delete from counted_minutes where minute < ${new Date(nowMs - keptMs)}`;
}
