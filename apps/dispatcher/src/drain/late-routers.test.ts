import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { routeBatch } from "../store/route.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createDrainBench, type DrainBench } from "../testing/drain-bench.ts";

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
});

/** A router saw the subscription paused, and commits what it held when something else has happened. */
describe("a router that commits late", () => {
  test.each([
    ["resumed", { status: 0, queued: 1 }, () => drains.resume(subscription)],
    ["deleted", { status: 4, queued: 0 }, () => drains.remove(subscription)],
  ])(
    "leaves nothing held of a subscription that was %s meanwhile",
    async (_how, { status, queued }, change) => {
      await bench.publish();
      const router = await drains.openRouting();
      await change();
      await drains.run();
      expect(await drains.drains()).toMatchObject([{ last_pass: true }]);
      await router.commit();
      expect(await drains.counts(), "the first pass did not see it").toEqual({ 1: 1 });
      await drains.finish();
      expect(await drains.counts()).toEqual({ [status]: 1 });
      expect(await drains.queued()).toHaveLength(queued);
    },
  );

  test("is waited for, however long it takes", async () => {
    await bench.publish();
    const router = await drains.openRouting();
    await drains.resume(subscription);
    await drains.run();
    for (let n = 0; n < 3; n++) {
      await drains.makeDue();
      await drains.run();
      expect(await drains.drains()).toMatchObject([{ last_pass: true }]);
    }
    await router.commit();
    await drains.finish();
    expect(await drains.counts()).toEqual({ 0: 1 });
  });

  test("is not waited for when it began after the last pass: it saw the subscription as it is", async () => {
    await drains.resume(subscription);
    await drains.run();
    await drains.makeDue();
    await drains.step();
    await bench.publish();
    const router = await drains.openRouting();
    await drains.finish();
    await router.commit();
    expect([await drains.counts(), (await drains.queued()).length]).toEqual([{ 0: 1 }, 1]);
  });
});

test("the last pass comes ten seconds after the first, and looks at the newest deliveries only", async () => {
  await drains.store(subscription, 3, 2);
  await drains.resume(subscription);
  const [{ before }] = await bench.sql<[{ before: string }]>`select clock_timestamp()::text before`;
  await drains.run();
  const [drain] = await bench.sql`
    select next_step_at >= ${before}::text::timestamptz + interval '10 seconds'
      and next_step_at <= clock_timestamp() + interval '10 seconds' in_time, position,
      position < (select id from deliveries order by id limit 1) before_all from endpoint_drains`;
  expect(drain?.in_time).toBe(true);
  expect(drain?.before_all).toBe(true);
  expect(drain?.position).not.toMatch(/^0000/);
});

test("a subscription that is paused again holds what a late router of before commits, and loses none of it", async () => {
  await bench.publish();
  const router = await drains.openRouting();
  await drains.resume(subscription);
  await drains.pause(subscription);
  await router.commit();
  await drains.finish();
  expect(await drains.counts()).toEqual({ 1: 1 });
  await bench.publish();
  await routeBatch(bench.sql, 500);
  await drains.resume(subscription);
  expect(await drains.counts()).toEqual({ 0: 2 });
});
