import { createPublisher, type Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { healthPolicy } from "../health/next-health-step.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { waitUntil } from "../testing/wait-until.ts";
import { type HealthRow, saveHealth } from "./save-health.ts";
import { sweepFailing } from "./sweep-failing.ts";

const nowMs = Date.now();
let bench: DeliveryBench;
let deps: { sql: Sql; publisher: Publisher };
let id: string;

beforeAll(async () => {
  bench = await createDeliveryBench();
  deps = { sql: bench.sql, publisher: createPublisher(bench) };
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  id = (await bench.subscribe()).id;
});

const row = (more: Partial<HealthRow>): HealthRow => ({
  subscriptionId: id,
  succeededAtMs: null,
  failures: 0,
  firstFailureAtMs: null,
  lastFailureAtMs: null,
  breakerMoved: false,
  kept: { state: "closed", opens: 0, remainingMs: null, limit: 2 },
  ...more,
});
const failures = (count: number, fromMs: number, toMs: number): Partial<HealthRow> => ({
  failures: count,
  firstFailureAtMs: fromMs,
  lastFailureAtMs: toMs,
});
const save = (...rows: HealthRow[]) => saveHealth(deps, rows, nowMs);
const hoursAgo = (hours: number) => nowMs - hours * 3_600_000;
/** Moments as whole hours ago. */
const state = async () =>
  (
    await bench.sql`select e.*, ${hoursSince("failing_since")} failing, ${hoursSince("last_failure_at")} failed,
      ${hoursSince("last_success_at")} succeeded from endpoint_state e where subscription_id = ${id}`
  )[0];
const hoursSince = (column: string) =>
  bench.sql`round(extract(epoch from now() - ${bench.sql(column)}) / 3600)::int`;

test("failures add up from the first one on, over any number of processes", async () => {
  await save(row(failures(3, hoursAgo(9), hoursAgo(8))));
  await Promise.all([
    save(row(failures(2, hoursAgo(7), hoursAgo(4)))),
    save(row(failures(4, hoursAgo(6), hoursAgo(5)))),
  ]);
  expect(await state()).toMatchObject({ consecutive_failures: 9, failing: 9, failed: 4, succeeded: null });
});

test("a success ends them, and what failed after it counts anew", async () => {
  await save(row(failures(3, hoursAgo(9), hoursAgo(8))));
  await save(row({ succeededAtMs: hoursAgo(7), ...failures(1, hoursAgo(6), hoursAgo(6)) }));
  expect(await state()).toMatchObject({ consecutive_failures: 1, failing: 6, succeeded: 7 });
  await save(row({ succeededAtMs: hoursAgo(5) }));
  expect(await state()).toMatchObject({ consecutive_failures: 0, failing_since: null });
});

test("a breaker is written down when it moved, with the time left by the database's clock", async () => {
  const kept = { state: "open" as const, opens: 3, remainingMs: 60_000, limit: 1 };
  await save(row({ ...failures(10, hoursAgo(9), hoursAgo(8)), breakerMoved: true, kept }));
  // Another process that has not met the trouble fails once: it knows nothing of the breaker.
  await save(row(failures(1, hoursAgo(7), hoursAgo(7))));
  const [left] = await bench.sql`
    select breaker, breaker_opens, extract(epoch from breaker_until - now())::float8 seconds from endpoint_state`;
  expect(left).toMatchObject({ breaker: "open", breaker_opens: 3 });
  expect(left?.seconds).toBeGreaterThan(30);
  expect(left?.seconds).toBeLessThanOrEqual(60);
  await save(row({ succeededAtMs: hoursAgo(1), breakerMoved: true }));
  expect(await state()).toMatchObject({ breaker: "closed", breaker_until: null, breaker_opens: 0 });
});

test("owners hear that an endpoint works again if they were warned about it, once", async () => {
  await save(row(failures(3, hoursAgo(9), hoursAgo(8))));
  await save(row({ succeededAtMs: hoursAgo(7) }));
  expect(await bench.sql`select id from events`).toHaveLength(0);
  await save(row(failures(3, hoursAgo(6), hoursAgo(5))));
  await bench.sql`update endpoint_state set warnings = 1`;
  expect(await save(row({ succeededAtMs: hoursAgo(4) }))).toBe(1);
  expect(await save(row({ succeededAtMs: hoursAgo(3) }))).toBe(0);
  expect(await bench.sql`select type, subject from events`).toEqual([
    { type: "endpoint.recovered", subject: publicId("sub", id) },
  ]);
  expect(await state()).toMatchObject({ warnings: 0 });
});

test("an endpoint that is gone does not stop the others", async () => {
  await save(
    row({ subscriptionId: newId(nowMs), succeededAtMs: nowMs }),
    row({ succeededAtMs: hoursAgo(1) }),
  );
  expect(await state()).toMatchObject({ succeeded: 1 });
});

test("many processes writing down the same endpoints in any order do not wait for each other for ever", async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, async () => (await bench.subscribe()).id));
  const rows = ids.map((subscriptionId) => row({ subscriptionId, ...failures(1, hoursAgo(9), hoursAgo(9)) }));
  await Promise.all(
    Array.from({ length: 10 }, (_, i) => save(...(i % 2 === 0 ? rows : [...rows].reverse()))),
  );
  const [sum] = await bench.sql`
    select sum(consecutive_failures)::int sum from endpoint_state where subscription_id = any(${ids}::uuid[])`;
  expect(sum).toEqual({ sum: 100 });
});

test("an endpoint that is being deleted keeps nothing of the others from being saved", async () => {
  const other = await bench.subscribe();
  const deletion = await bench.sql.reserve();
  await deletion`begin`;
  await deletion`delete from subscriptions where id = ${id}`;
  const saving = save(
    row(failures(1, hoursAgo(8), hoursAgo(8))),
    row({ ...failures(1, hoursAgo(8), hoursAgo(8)), subscriptionId: other.id }),
  );
  await waitUntil(
    async () =>
      (
        await bench.sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
      ).length > 0,
  );
  await deletion`commit`;
  deletion.release();
  await saving;
  expect(await bench.sql`select subscription_id from endpoint_state`).toEqual([
    { subscription_id: other.id },
  ]);
});

test("a process whose clock is days behind does not make an endpoint that failed twice one that failed for days", async () => {
  const behindMs = hoursAgo(6 * 24);
  await saveHealth(deps, [row(failures(1, behindMs, behindMs))], behindMs);
  await save(row(failures(1, nowMs, nowMs)));
  await sweepFailing(deps, healthPolicy(120 * 3_600_000), new Date());
  expect(await bench.sql`select active from subscriptions`).toEqual([{ active: true }]);
  expect(await state()).toMatchObject({ consecutive_failures: 2, failing: 0 });
});

test("a clock that was set back meanwhile puts nothing into the future", async () => {
  await save(row({ succeededAtMs: hoursAgo(-3), ...failures(1, hoursAgo(-2), hoursAgo(-2)) }));
  expect(await state()).toMatchObject({ failing: 0, failed: 0, succeeded: 0 });
});
