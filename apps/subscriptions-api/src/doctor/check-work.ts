import type { DoctorCheck } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { timestampOfId } from "@carewire/envelope";

const silenceSecondsMax = 15;
const lateSecondsMax = 60;
const countedMax = 100_000;

/** Dispatchers that said so a moment ago. */
export async function checkDispatchers(sql: Sql): Promise<DoctorCheck> {
  const [row] = await sql<{ alive: number }[]>`
    select count(*)::int alive from dispatcher_instances
    where heartbeat_at > now() - ${silenceSecondsMax} * interval '1 second'`;
  const alive = row?.alive ?? 0;
  const detail = alive === 0 ? "none runs: nothing is routed or delivered" : `${alive} running`;
  return { name: "dispatchers", status: alive === 0 ? "failed" : "ok", detail };
}

/** How long events wait to be routed, and deliveries that nothing holds back to be sent. */
export async function checkQueues(sql: Sql, nowMs: number): Promise<DoctorCheck[]> {
  const [row] = await sql<{ event: string | null; due: number; oldest: number | null; letters: number }[]>`
    with due as (select due_at from delivery_queue q where due_at <= now() and lease_until is null and shard < 64
        and destination_id not in (select subscription_id from endpoint_state where breaker <> 'closed'
          union all select id from subscriptions where rate_limit_per_second is not null)
      limit ${countedMax})
    select (select event_id from route_queue order by event_id limit 1) event,
      (select count(*)::int from due) due, (select extract(epoch from now() - min(due_at))::float8 from due) oldest,
      (select count(*)::int from (select 1 from dead_letters where status = 'open' limit ${countedMax}) l) letters`;
  const { event = null, due = 0, oldest = null, letters = 0 } = row ?? {};
  const unroutedSeconds = event === null ? 0 : Math.max(0, (nowMs - timestampOfId(event)) / 1_000);
  const lateness = (name: string, seconds: number, more: string): DoctorCheck => ({
    name,
    status: seconds > lateSecondsMax ? "warning" : "ok",
    detail: `${more}oldest waits ${seconds.toFixed(1)} s`,
  });
  return [
    lateness("events to route", unroutedSeconds, ""),
    lateness("deliveries due", oldest ?? 0, `${due} due, `),
    { name: "dead letters", status: letters > 0 ? "warning" : "ok", detail: `${letters} open` },
  ];
}
