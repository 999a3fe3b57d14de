import { migrations, type Sql } from "@carewire/db";
import { createFakeClock, createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMetrics } from "../metrics/create-metrics.ts";
import { createClockSkewGauge, createClockWatch } from "./clock-watch.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

function setUp(clock: { now(): number }, sql: Sql = database.sql) {
  const gauge = createClockSkewGauge(createMetrics({ service: "test" }));
  const told: string[] = [];
  const look = createClockWatch({ sql, clock, gauge, onSkew: ({ message }) => told.push(message) });
  const skewSeconds = async () => (await gauge.get()).values[0]?.value;
  return { look, told, skewSeconds };
}

test.each([
  ["ahead", 600_000],
  ["behind", -600_000],
])("a clock ten minutes %s is told once while it lasts, and measured each time", async (_where, offsetMs) => {
  const offset = { ms: 0 };
  const { look, told, skewSeconds } = setUp({ now: () => Date.now() + offset.ms });
  await look();
  expect(told).toEqual([]);
  expect(await skewSeconds()).toBeLessThan(2);
  offset.ms = offsetMs;
  await look();
  await look();
  expect(told).toEqual([
    expect.stringMatching(/^this machine's clock and the database's are \d+\.\d s apart/),
  ]);
  expect(await skewSeconds()).toBeGreaterThan(300);
  offset.ms = 0;
  await look();
  expect(await skewSeconds()).toBeLessThan(2);
  offset.ms = offsetMs;
  await look();
  expect(told).toHaveLength(2);
});

test.each([
  ["agrees, however long it took to answer", 30_000, 0],
  ["is 2 s away from what may be", 62_000, 2],
])("a database whose clock %s is not told", async (_what, databaseMs, skew) => {
  const clock = createFakeClock(0);
  const sql = async () => {
    clock.advance(60_000);
    return [{ now_ms: databaseMs }];
  };
  const { look, told, skewSeconds } = setUp(clock, sql as unknown as Sql);
  await look();
  expect(told).toEqual([]);
  expect(await skewSeconds()).toBe(skew);
});
