import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimAll, expireLeases, publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { deferDeliveries } from "./defer.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  await bench.subscribe();
});

const dueNow = () => bench.sql`update delivery_queue set due_at = now()`;
const attempts = () => bench.sql`select n from attempts`;

test("a deferred delivery is due later, and its next attempt has the same number", async () => {
  await publishRouted(bench, 1);
  const [first] = (await claimAll(bench)).deliveries;
  if (!first) throw new Error("nothing was claimed");
  await deferDeliveries(bench.sql, [{ id: first.id, leaseToken: first.leaseToken, delayMs: 60_000 }]);
  expect((await claimAll(bench)).deliveries).toEqual([]);
  await dueNow();
  const [again] = (await claimAll(bench)).deliveries;
  expect(again).toMatchObject({ id: first.id, attempt: 1, retries: 0 });
  expect(await attempts()).toHaveLength(0);
});

test("one deferred by nothing keeps its place before what became due after it", async () => {
  await publishRouted(bench, 2);
  await bench.sql`update delivery_queue q set due_at = now() - n * interval '1 minute'
    from (select id, row_number() over (order by id) n from delivery_queue) o where o.id = q.id`;
  const order = async () =>
    (await bench.sql<{ id: string }[]>`select id from delivery_queue order by due_at`).map(({ id }) => id);
  const before = await order();
  const first = (await claimAll(bench)).deliveries.find(({ id }) => id === before[0]);
  if (!first) throw new Error("it was not claimed");
  await deferDeliveries(bench.sql, [{ id: first.id, leaseToken: first.leaseToken, delayMs: 0 }]);
  expect(await order()).toEqual(before);
  expect((await claimAll(bench)).deliveries).toMatchObject([{ id: first.id, attempt: 1 }]);
});

test("a delivery whose lease was taken over is left alone", async () => {
  await publishRouted(bench, 1);
  const [late] = (await claimAll(bench)).deliveries;
  await expireLeases(bench);
  const [current] = (await claimAll(bench)).deliveries;
  if (!late || !current) throw new Error("nothing was claimed");
  await deferDeliveries(bench.sql, [{ id: late.id, leaseToken: late.leaseToken, delayMs: 60_000 }]);
  const [row] = await bench.sql`select lease_token, attempts from delivery_queue`;
  expect(row).toEqual({ lease_token: current.leaseToken, attempts: 2 });
});
