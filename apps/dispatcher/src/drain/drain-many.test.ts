import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createDrainBench, type DrainBench } from "../testing/drain-bench.ts";
import { drainLimits } from "./drain-step.ts";

const many = 50_000;

let bench: DeliveryBench;
let drains: DrainBench;
let subscription: TestSubscription;

beforeAll(async () => {
  bench = await createDeliveryBench();
  drains = createDrainBench(bench);
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  subscription = await bench.subscribe();
  await drains.pause(subscription);
  await drains.store(subscription, many, 1);
});

/** The most deliveries that one transaction left as they are now: each is written once. */
async function writtenByOne(): Promise<number> {
  const [row] = await bench.sql<{ most: number }[]>`
    select max(n)::int most from (select count(*) n from deliveries where status <> 1 group by xmin) t`;
  return row?.most ?? 0;
}

test(`${many} held deliveries are resumed a bounded number per transaction, no faster than the endpoint takes them`, async () => {
  await drains.resume(subscription);
  let taken = 0;
  let queuedMost = 0;
  while ((await drains.drains()).some(({ last_pass }) => !last_pass)) {
    await drains.makeDue();
    await drains.run();
    const { count } = await bench.sql`delete from delivery_queue`;
    taken += count;
    queuedMost = Math.max(queuedMost, count);
  }
  await drains.finish();
  expect(taken).toBe(many);
  expect(queuedMost).toBeLessThanOrEqual(drainLimits.dueMax);
  expect(await drains.counts()).toEqual({ 0: many });
  expect(await writtenByOne()).toBe(drainLimits.takeMax);
}, 120_000);

test(`${many} held deliveries are cancelled a bounded number per transaction`, async () => {
  await drains.remove(subscription);
  await drains.finish();
  expect(await drains.counts()).toEqual({ 4: many });
  // The request's own step is the largest.
  expect(await writtenByOne()).toBe(2_000);
}, 120_000);
