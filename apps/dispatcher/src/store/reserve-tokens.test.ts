import type { Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { reserveTokens } from "./reserve-tokens.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());

const reserve = async (subscriptionId: string, ratePerSecond: number, wanted: number, sql = bench.sql) => {
  const [grant] = await reserveTokens(sql, [{ subscriptionId, ratePerSecond, wanted }]);
  return grant;
};

/** The same as if `ms` had passed. */
const age = (id: string, ms: number, sql = bench.sql) => sql`
  update rate_buckets set next_at = next_at - ${ms} * interval '1 millisecond' where subscription_id = ${id}`;

/** Within a transaction, in which the time stands still. */
const inNoTime = (work: (sql: Sql) => Promise<void>) => bench.sql.begin((tx) => work(tx as unknown as Sql));

test("an endpoint nobody knows yet gets a fifth of a second's requests at once, and then nothing until some are back", () =>
  inNoTime(async (sql) => {
    const id = newId(1);
    expect(await reserve(id, 20, 50, sql)).toMatchObject({ granted: 4, ahead: 0, left: 0, refill: 2 });
    const grant = await reserve(id, 20, 1, sql);
    expect(grant).toMatchObject({ granted: 0, left: 0 });
    expect(grant?.refillMs).toBeGreaterThan(50);
    expect(grant?.refillMs).toBeLessThanOrEqual(100);
    await age(id, 100, sql);
    expect((await reserve(id, 20, 50, sql))?.granted).toBeGreaterThanOrEqual(2);
  }));

test("what is left is told, so that no more is claimed than may leave", async () => {
  const id = newId(1);
  expect(await reserve(id, 40, 4)).toMatchObject({ granted: 4, left: 4 });
});

test("while its limit does not bind, an endpoint is given 50 ms' requests more, and they are gone from the limit", () =>
  inNoTime(async (sql) => {
    const id = newId(1);
    expect(await reserve(id, 1_000, 10, sql)).toMatchObject({ granted: 10, ahead: 50, left: 140 });
    expect(await reserve(id, 1_000, 10, sql)).toMatchObject({ granted: 10, ahead: 0, left: 130 });
    await age(id, 20, sql);
    expect(await reserve(id, 1_000, 0, sql)).toMatchObject({ granted: 0, ahead: 0, left: 150 });
  }));

test("no part of a request is given ahead", async () => {
  expect(await reserve(newId(1), 19, 0)).toMatchObject({ granted: 0, ahead: 0, left: 3 });
});

test("less than one a second is possible to wait for, and a quiet hour is worth one burst", () =>
  inNoTime(async (sql) => {
    const id = newId(1);
    expect(await reserve(id, 1, 3, sql)).toMatchObject({ granted: 1, left: 0, refill: 1 });
    expect((await reserve(id, 1, 1, sql))?.refillMs).toBeGreaterThan(500);
    await age(id, 3_600_000, sql);
    expect(await reserve(id, 1, 3, sql)).toMatchObject({ granted: 1 });
  }));

test("many processes that ask at the same time are granted no more than one would be", async () => {
  const ids = Array.from({ length: 5 }, () => newId(1));
  const requests = ids.map((subscriptionId) => ({ subscriptionId, ratePerSecond: 3, wanted: 2 }));
  const startMs = performance.now();
  const grants = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      reserveTokens(bench.sql, i % 2 === 0 ? requests : [...requests].reverse()),
    ),
  );
  const seconds = (performance.now() - startMs) / 1_000;
  for (const id of ids) {
    const granted = grants.flat().filter((grant) => grant.subscriptionId === id);
    const sum = granted.reduce((total, grant) => total + grant.granted, 0);
    expect(sum).toBeGreaterThanOrEqual(2);
    // One burst, and what came back while the test ran.
    expect(sum).toBeLessThanOrEqual(2 + Math.ceil(3 * seconds));
  }
});

test.each([1, 2, 5, 10, 100])(
  "in no second does a limit of %i grant more than a quarter above it, or two",
  async (rate) => {
    const id = newId(1);
    const startMs = performance.now();
    let granted = 0;
    for (let ms = 0; ms < 1_000; ms += 50) {
      granted += (await reserve(id, rate, 1_000))?.granted ?? 0;
      await age(id, 50);
    }
    expect(granted).toBeGreaterThanOrEqual(rate);
    // The second it pretends to wait, and the time it really takes.
    const seconds = 1 + (performance.now() - startMs) / 1_000;
    expect(granted).toBeLessThanOrEqual(rate * seconds + Math.max(Math.min(rate, 2), rate * 0.2));
  },
);

test("nor with what is given ahead, whoever asks for however little", async () => {
  const [id, rate] = [newId(1), 200];
  const startMs = performance.now();
  let granted = 0;
  for (let ms = 0; ms < 1_000; ms += 25) {
    const asked = await Promise.all([0, 1, 2].map(() => reserve(id, rate, 1)));
    for (const grant of asked) granted += (grant?.granted ?? 0) + (grant?.ahead ?? 0);
    await age(id, 25);
  }
  expect(granted).toBeGreaterThan(120);
  const seconds = 1 + (performance.now() - startMs) / 1_000;
  expect(granted).toBeLessThanOrEqual(rate * (seconds + 0.2));
});
