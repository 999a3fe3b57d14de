import type { Queryable } from "@carewire/db";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { minuteMs, type Traffic } from "../traffic/count-minute.ts";

type MinuteRow = Traffic & { minute: Date; estimated: boolean };

/** How old the last counted minute may be to stand for now. */
const freshMs = 3 * minuteMs;

/** What was counted since then, oldest first. A tenant may not read who counted: this statement names the organization. */
async function readMinutes(sql: Queryable, access: Access, since: Date): Promise<MinuteRow[]> {
  return sql<MinuteRow[]>`
    select c.minute, c.estimated, coalesce(sum(t.requests), 0)::int requests, coalesce(sum(t.events), 0)::int events,
      coalesce(sum(t.delivered), 0)::int delivered, coalesce(sum(t.retried), 0)::int retried,
      coalesce(sum(t.failed), 0)::int failed, coalesce(sum(t.dead_letters), 0)::int dead_letters
    from counted_minutes c left join traffic_minutes t on t.minute = c.minute and ${withinAccess(sql, "t", access)}
    where c.minute >= ${since} group by c.minute order by c.minute`;
}

/** The charts' minutes, and the rates of the last one. */
export async function readTraffic(sql: Queryable, access: Access, nowMs: number, hours: number) {
  const rows = await readMinutes(sql, access, new Date(nowMs - hours * 60 * minuteMs));
  const series = rows.map((row) => ({ ...row, minute: row.minute.toISOString() }));
  const last = rows.at(-1);
  if (last === undefined || nowMs - last.minute.getTime() > freshMs) return { series, rates: null };
  const perSecond = (count: number) => count / (minuteMs / 1_000);
  const rates = {
    minute: last.minute.toISOString(),
    in_per_second: perSecond(last.events),
    out_per_second: perSecond(last.delivered),
  };
  return { series, rates };
}
