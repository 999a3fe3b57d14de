import { recordAttempts } from "@carewire/delivery";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimAll, publishRouted, retryOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createDrainBench, type DrainBench, smallLimits } from "../testing/drain-bench.ts";

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
});

const limits = smallLimits;

/** So many deliveries held, and resumed with a request that leaves them to dispatchers. */
async function resumeMany(count: number): Promise<void> {
  await drains.pause(subscription);
  await publishRouted(bench, count);
  await drains.resume(subscription, 2);
}

async function takeAll(): Promise<string[]> {
  const ids = await drains.queued();
  await bench.sql`delete from delivery_queue`;
  return ids;
}

describe("a release", () => {
  test("goes on where the request stopped, oldest first, a few at a time", async () => {
    await resumeMany(10);
    expect(await drains.counts()).toEqual({ 1: 10 });
    const taken: string[][] = [];
    for (let n = 0; n < 4; n++) {
      expect(await drains.step({ limits })).toEqual({ kind: "released", shard: subscription.shard });
      taken.push(await takeAll());
    }
    expect(taken.map((ids) => ids.length)).toEqual([3, 3, 3, 1]);
    const all = await bench.sql`select id from deliveries order by id`;
    expect(taken.flat()).toEqual(all.map(({ id }) => id));
  });

  test("keeps attempts and shard, and puts nothing before new events", async () => {
    await resumeMany(3);
    await bench.sql`update deliveries set attempts = 4`;
    await drains.run();
    const rows = await bench.sql`select shard, lane, attempts, due_at <= now() due from delivery_queue`;
    expect(rows).toEqual(Array(3).fill({ shard: subscription.shard, lane: 1, attempts: 4, due: true }));
  });

  test("queues no more than the endpoint takes, and goes on as it does", async () => {
    await resumeMany(20);
    const few = { ...limits, dueMax: 4 };
    await drains.run({ limits: few });
    expect(await drains.queued()).toHaveLength(4);
    await drains.makeDue();
    await drains.run({ limits: few });
    expect(await drains.queued(), "it took none").toHaveLength(4);
    await takeAll();
    await drains.makeDue();
    await drains.run({ limits: few });
    expect(await drains.queued()).toHaveLength(4);
  });

  test("stops at an endpoint that fails everything", async () => {
    await resumeMany(20);
    const few = { ...limits, dueMax: 4, waitingMax: 6 };
    for (let n = 0; n < 5; n++) {
      await drains.makeDue();
      await drains.run({ limits: few });
      const { deliveries } = await claimAll(bench);
      await recordAttempts(
        bench.sql,
        deliveries.map((delivery) => retryOf(delivery, 3_600_000)),
      );
    }
    expect(await drains.queued()).toHaveLength(6);
    expect(await drains.counts()).toEqual({ 0: 6, 1: 14 });
  });

  test("looks seldom at an endpoint that has enough to do while its breaker is open", async () => {
    await resumeMany(20);
    const few = { ...limits, dueMax: 4 };
    const pauseAfterStep = async () => {
      const [before] = await bench.sql`select clock_timestamp()::text at`;
      await drains.makeDue();
      await drains.run({ limits: few });
      const [row] =
        await bench.sql`select next_step_at >= ${before?.at}::text::timestamptz + interval '5 seconds' long,
        next_step_at <= now() + interval '1 second' short from endpoint_drains`;
      return row;
    };
    expect(await pauseAfterStep()).toMatchObject({ short: true });
    await bench.sql`insert into endpoint_state (subscription_id, organization_id, breaker)
      values (${subscription.id}, ${bench.organizationId}, 'open')`;
    expect(await pauseAfterStep()).toMatchObject({ long: true });
  });

  test("ends when its subscription is paused, and begins anew when that is resumed", async () => {
    await resumeMany(8);
    await drains.step({ limits });
    await drains.pause(subscription);
    expect(await drains.openDrains()).toBe(0);
    expect(await drains.counts()).toEqual({ 1: 8 });
    await drains.resume(subscription, 2);
    await drains.finish({ limits });
    expect(await drains.queued()).toHaveLength(8);
  });

  test("does nothing for a subscription that is inactive", async () => {
    await resumeMany(8);
    await bench.sql`update subscriptions set active = false`;
    await drains.run({ limits });
    expect([await drains.counts(), await drains.openDrains()]).toEqual([{ 1: 8 }, 0]);
  });

  test("becomes a cancellation when its subscription is gone with its account or organization", async () => {
    await resumeMany(8);
    await drains.step({ limits });
    await bench.sql`delete from subscriptions`;
    await drains.finish({ limits });
    expect(await drains.counts()).toEqual({ 4: 8 });
    expect(await drains.queued()).toEqual([]);
  });

  test("stands back while its subscription is being changed: that may wait for it", async () => {
    await resumeMany(3);
    await bench.sql.begin(async (tx) => {
      await tx`update subscriptions set active = false where id = ${subscription.id}`;
      expect(await drains.step({ limits })).toEqual({ kind: "moved" });
      // Our transaction's time is that of its beginning.
      expect(await tx`select next_step_at > now() + interval '400 ms' put_off from endpoint_drains`).toEqual([
        { put_off: true },
      ]);
      await tx`delete from endpoint_drains`;
    });
    expect(await drains.counts()).toEqual({ 1: 3 });
  });

  test("leaves in line what waits there for others of its subject", async () => {
    await bench.reset();
    subscription = await bench.subscribe({ ordering: "fifo" });
    await drains.pause(subscription);
    for (let n = 0; n < 8; n++) await bench.publish({ subject: "order-1" });
    await publishRouted(bench, 2);
    await drains.resume(subscription, 2);
    await drains.finish({ limits });
    expect(await drains.counts()).toEqual({ 0: 10 });
    const [row] = await bench.sql`select (select count(*)::int from delivery_queue) queued,
      (select count(*)::int from fifo_queue) waiting`;
    expect(row).toEqual({ queued: 2, waiting: 8 });
  });

  test("takes those out of line whose subscription asks for no order any more", async () => {
    await bench.reset();
    subscription = await bench.subscribe({ ordering: "fifo" });
    await drains.pause(subscription);
    for (let n = 0; n < 8; n++) await bench.publish({ subject: "order-1" });
    await publishRouted(bench, 2);
    await bench.sql`update subscriptions set ordering = 'none'`;
    await drains.resume(subscription, 2);
    await drains.finish({ limits });
    expect(await drains.counts()).toEqual({ 0: 10 });
    expect(await drains.queued()).toHaveLength(10);
    expect(await bench.sql`select 1 from fifo_queue`).toHaveLength(0);
  });
});

test("a cancellation ends what is queued, in line and held, a few at a time", async () => {
  await bench.reset();
  subscription = await bench.subscribe({ ordering: "fifo" });
  const other = await bench.subscribe();
  for (let n = 0; n < 8; n++) await bench.publish({ subject: "order-1" });
  await publishRouted(bench, 8);
  await drains.store(subscription, 8, 2);
  await drains.store(subscription, 8, 1);
  await drains.remove(subscription, 2);
  expect((await drains.counts())[4]).toBe(6);
  await drains.step({ limits });
  expect((await drains.counts())[4]).toBeLessThanOrEqual(6 + 3 * limits.takeMax);
  await drains.finish({ limits });
  expect(await drains.counts()).toEqual({ 0: 16, 2: 8, 4: 24 });
  const rows = await bench.sql`select distinct destination_id id from delivery_queue`;
  expect(rows).toEqual([{ id: other.id }]);
  expect(await bench.sql`select 1 from fifo_queue`).toHaveLength(0);
});

describe("a step", () => {
  test("that dies before its commit leaves no trace but that the others go first", async () => {
    await resumeMany(3);
    const failpoint = (name: string) => {
      if (name === "drain.before_commit") throw new Error("killed");
    };
    await expect(drains.step({ limits, failpoint })).rejects.toThrow("killed");
    expect([await drains.counts(), await drains.queued()]).toEqual([{ 1: 3 }, []]);
    expect(await drains.step({ limits })).toEqual({ kind: "idle" });
    await drains.finish({ limits });
    expect(await drains.queued()).toHaveLength(3);
  });

  test("of one drain is taken by one dispatcher at a time, and every delivery is queued once", async () => {
    const others = [await bench.subscribe(), await bench.subscribe()];
    for (const endpoint of [subscription, ...others]) await drains.pause(endpoint);
    await publishRouted(bench, 40);
    for (const endpoint of [subscription, ...others]) await drains.resume(endpoint, 2);
    while ((await drains.openDrains()) > 0) {
      await drains.makeDue();
      await Promise.all([1, 2, 3, 4].map(() => drains.run({ limits })));
    }
    expect(await drains.counts()).toEqual({ 0: 120 });
    expect(await drains.queued()).toHaveLength(120);
  });
});
