import { createPublisher, type Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { waitUntil } from "../testing/wait-until.ts";
import { type HealthRow, saveHealth } from "./save-health.ts";

const nowMs = 1_800_000_000_000;
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
const state = async () => (await bench.sql`select * from endpoint_state where subscription_id = ${id}`)[0];

test("failures add up from the first one on, over any number of processes", async () => {
  await save(row(failures(3, 1_000, 2_000)));
  await Promise.all([save(row(failures(2, 3_000, 5_000))), save(row(failures(4, 2_500, 4_000)))]);
  expect(await state()).toMatchObject({
    consecutive_failures: 9,
    failing_since: new Date(1_000),
    last_failure_at: new Date(5_000),
    last_success_at: null,
  });
});

test("a success ends them, and what failed after it counts anew", async () => {
  await save(row(failures(3, 1_000, 2_000)));
  await save(row({ succeededAtMs: 3_000, ...failures(1, 4_000, 4_000) }));
  expect(await state()).toMatchObject({
    consecutive_failures: 1,
    failing_since: new Date(4_000),
    last_success_at: new Date(3_000),
  });
  await save(row({ succeededAtMs: 5_000 }));
  expect(await state()).toMatchObject({ consecutive_failures: 0, failing_since: null });
});

test("a breaker is written down when it moved, with the time left by the database's clock", async () => {
  const kept = { state: "open" as const, opens: 3, remainingMs: 60_000, limit: 1 };
  await save(row({ ...failures(10, 1_000, 2_000), breakerMoved: true, kept }));
  // Another process that has not met the trouble fails once: it knows nothing of the breaker.
  await save(row(failures(1, 3_000, 3_000)));
  const [left] = await bench.sql`
    select breaker, breaker_opens, extract(epoch from breaker_until - now())::float8 seconds from endpoint_state`;
  expect(left).toMatchObject({ breaker: "open", breaker_opens: 3 });
  expect(left?.seconds).toBeGreaterThan(30);
  expect(left?.seconds).toBeLessThanOrEqual(60);
  await save(row({ succeededAtMs: 9_000, breakerMoved: true }));
  expect(await state()).toMatchObject({ breaker: "closed", breaker_until: null, breaker_opens: 0 });
});

test("owners hear that an endpoint works again if they were warned about it, once", async () => {
  await save(row(failures(3, 1_000, 2_000)));
  await save(row({ succeededAtMs: 3_000 }));
  expect(await bench.sql`select id from events`).toHaveLength(0);
  await save(row(failures(3, 4_000, 5_000)));
  await bench.sql`update endpoint_state set warnings = 1`;
  expect(await save(row({ succeededAtMs: 6_000 }))).toBe(1);
  expect(await save(row({ succeededAtMs: 7_000 }))).toBe(0);
  expect(await bench.sql`select type, subject from events`).toEqual([
    { type: "endpoint.recovered", subject: publicId("sub", id) },
  ]);
  expect(await state()).toMatchObject({ warnings: 0 });
});

test("an endpoint that is gone does not stop the others", async () => {
  await save(row({ subscriptionId: newId(nowMs), succeededAtMs: 1 }), row({ succeededAtMs: 1_000 }));
  expect(await state()).toMatchObject({ last_success_at: new Date(1_000) });
});

test("many processes writing down the same endpoints in any order do not wait for each other for ever", async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, async () => (await bench.subscribe()).id));
  const rows = ids.map((subscriptionId) => row({ subscriptionId, ...failures(1, 1_000, 1_000) }));
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
    row(failures(1, 2_000, 2_000)),
    row({ ...failures(1, 2_000, 2_000), subscriptionId: other.id }),
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
