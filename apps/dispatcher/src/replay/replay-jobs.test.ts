import { replaysPerJobMax } from "@carewire/db";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createReplayBench } from "../testing/replay-bench.ts";

let bench: DeliveryBench;
let replays: ReturnType<typeof createReplayBench>;

beforeAll(async () => {
  bench = await createDeliveryBench();
  replays = createReplayBench(bench);
});
afterAll(() => bench.close());
beforeEach(() => replays.reset());

/** Publishes `count` events and lets all their deliveries fail. */
async function failMany(count: number): Promise<void> {
  await bench.publishMany(count - 1);
  await replays.publish("failed");
  await bench.sql`delete from delivery_queue`;
  await bench.sql`update deliveries set status = 3, attempts = 1 where trigger = 0`;
}

const queuedFor = async ({ id }: TestSubscription) =>
  (await replays.queued()).filter(({ subscriptionId }) => subscriptionId === id).length;

/** What was queued is taken and finished, as an endpoint would. */
async function drain(): Promise<void> {
  await bench.sql`update deliveries d set status = 2 from delivery_queue q where q.id = d.id`;
  await bench.sql`delete from delivery_queue`;
}

const queuedEver = () => bench.sql<{ event_id: string }[]>`select event_id from deliveries where trigger = 1`;

describe("a replay job", () => {
  test("dies between any two statements of a step without a trace, and nothing is doubled or left out", async () => {
    const subscription = await bench.subscribe();
    await failMany(1_200);
    const id = await replays.addJob([subscription]);
    for (let passage = 0; passage < 3; passage++) {
      const before = await replays.job(id);
      const failpoint = (name: string) => {
        if (name === "replay.before_commit") throw new Error("killed");
      };
      await expect(replays.step({ failpoint })).rejects.toThrow("killed");
      expect((await queuedEver()).length).toBe(before.replayed);
      await replays.makeDue();
      await replays.step();
      await drain();
    }
    await replays.run();
    const events = (await queuedEver()).map((row) => row.event_id);
    expect([events.length, new Set(events).size]).toEqual([1_200, 1_200]);
    expect(await replays.job(id)).toMatchObject({ status: "done", replayed: 1_200 });
  });

  test("is shared by many dispatchers at once without doubling anything", async () => {
    const subscriptions = [await bench.subscribe(), await bench.subscribe(), await bench.subscribe()];
    await failMany(900);
    const ids = [await replays.addJob(subscriptions), await replays.addJob(subscriptions)];
    const areRunning = async () =>
      (await Promise.all(ids.map(replays.job))).some(({ status }) => status === "running");
    while (await areRunning()) {
      await Promise.all([replays.run(), replays.run(), replays.run(), replays.run()]);
      await drain();
      await replays.makeDue();
    }
    const rows = await bench.sql`
      select event_id, destination_id, replay_job_id from deliveries where trigger = 1
      group by 1, 2, 3 having count(*) > 1`;
    expect(rows).toEqual([]);
    const perEndpoint = await bench.sql`
      select count(distinct event_id)::int events from deliveries where trigger = 1 group by destination_id`;
    expect(perEndpoint.map((row) => row.events)).toEqual([900, 900, 900]);
  });

  test("queues no more for an endpoint than it takes, whatever else is queued there", async () => {
    const subscription = await bench.subscribe();
    await failMany(2_500);
    const id = await replays.addJob([subscription]);
    await replays.run();
    expect(await queuedFor(subscription)).toBe(1_000);
    await replays.makeDue();
    await replays.run();
    expect(await queuedFor(subscription), "it took none").toBe(1_000);
    const taken: number[] = [];
    while ((await replays.job(id)).status === "running") {
      await drain();
      await replays.makeDue();
      await replays.run();
      taken.push((await replays.queued()).length);
    }
    expect(Math.max(...taken)).toBeLessThanOrEqual(1_000);
    expect(await replays.job(id)).toMatchObject({ status: "done", replayed: 2_500 });
  });

  test("looks seldom at an endpoint that has enough to do while its breaker is open", async () => {
    const subscription = await bench.subscribe();
    await failMany(1_001);
    await replays.addJob([subscription]);
    await replays.run();
    const pauseAfterStep = async () => {
      const [before] = await bench.sql`select clock_timestamp()::text at`;
      await replays.makeDue();
      await replays.run();
      const [row] =
        await bench.sql`select next_step_at >= ${before?.at}::text::timestamptz + interval '5 seconds' long,
        next_step_at <= now() + interval '1 second' short from replay_job_endpoints`;
      return row;
    };
    expect(await pauseAfterStep()).toMatchObject({ short: true });
    await bench.sql`insert into endpoint_state (subscription_id, organization_id, breaker)
      values (${subscription.id}, ${bench.organizationId}, 'open')`;
    expect(await pauseAfterStep()).toMatchObject({ long: true });
  });

  test("waits for an endpoint that is paused, goes on with the others, and sends it all after it is resumed", async () => {
    const paused = await bench.subscribe();
    const active = await bench.subscribe();
    await failMany(5);
    await bench.sql`update subscriptions set active = false where id = ${paused.id}`;
    const id = await replays.addJob([paused, active]);
    await replays.run();
    expect([await queuedFor(paused), await queuedFor(active)]).toEqual([0, 5]);
    expect(await replays.job(id)).toMatchObject({ status: "running", replayed: 5 });
    await bench.sql`update subscriptions set active = true where id = ${paused.id}`;
    await replays.makeDue();
    await replays.run();
    expect([await queuedFor(paused), await queuedFor(active)]).toEqual([5, 5]);
    expect(await replays.job(id)).toMatchObject({ status: "done", replayed: 10 });
  });

  test("fails when its only subscription was deleted, and passes over one of several", async () => {
    const deleted = await bench.subscribe();
    const other = await bench.subscribe();
    await failMany(2);
    await bench.sql`delete from subscriptions where id = ${deleted.id}`;
    const alone = await replays.addJob([deleted]);
    const several = await replays.addJob([deleted, other]);
    await replays.run();
    expect(await replays.job(alone)).toEqual({
      status: "failed",
      replayed: 0,
      error: "Its subscription was deleted.",
    });
    expect(await replays.job(several)).toEqual({ status: "done", replayed: 2, error: null });
  });

  test("keeps to its rate: a quarter of a second's worth at a time, and then a pause as long", async () => {
    const subscription = await bench.subscribe();
    await failMany(100);
    const id = await replays.addJob([subscription], { ratePerSecond: 100 });
    expect(await replays.step()).toMatchObject({ kind: "replayed", messages: 25 });
    expect(await replays.job(id)).toMatchObject({ status: "running", replayed: 25 });
    const [row] = await bench.sql`
      select extract(epoch from next_step_at - updated_at)::float8 pause from replay_jobs where id = ${id}`;
    expect(row?.pause).toBeGreaterThanOrEqual(0.25);
    await replays.makeDue();
    expect(await replays.step()).toMatchObject({ kind: "replayed", messages: 25 });
    expect(await replays.job(id)).toMatchObject({ replayed: 50 });
  });

  test("stops for good once it is cancelled", async () => {
    const subscription = await bench.subscribe();
    await failMany(10);
    const id = await replays.addJob([subscription], { ratePerSecond: 4 });
    expect(await replays.step()).toMatchObject({ kind: "replayed", messages: 1 });
    await bench.sql`update replay_jobs set status = 'cancelled' where id = ${id}`;
    await replays.makeDue();
    await replays.run();
    expect(await replays.job(id)).toMatchObject({ status: "cancelled", replayed: 1 });
  });

  test("that has sent as many messages as a job may stops, and says how to go on", async () => {
    const subscription = await bench.subscribe();
    await failMany(5);
    const id = await replays.addJob([subscription]);
    await bench.sql`update replay_jobs set replayed = ${replaysPerJobMax - 2} where id = ${id}`;
    await replays.run();
    expect(await queuedFor(subscription)).toBe(2);
    const { status, error } = await replays.job(id);
    expect([status, error]).toEqual(["failed", expect.stringContaining("`since`")]);
  });

  test("does not queue up behind the subjects of an ordered subscription: its messages go at once", async () => {
    const subscription = await bench.subscribe();
    await failMany(3);
    await bench.sql`update events set subject = 'patient_1'`;
    await bench.sql`update subscriptions set ordering = 'fifo' where id = ${subscription.id}`;
    await replays.addJob([subscription]);
    await replays.run();
    expect(await queuedFor(subscription)).toBe(3);
    expect(await bench.sql`select 1 from fifo_queue`).toEqual([]);
  });

  test("with nothing to replay is done", async () => {
    const id = await replays.addJob([]);
    await replays.run();
    expect(await replays.job(id)).toEqual({ status: "done", replayed: 0, error: null });
  });

  test("that goes wrong lets the others go first, and is tried again", async () => {
    const subscription = await bench.subscribe();
    await failMany(3);
    const broken = await replays.addJob([subscription], { kind: "missing" });
    await bench.sql`update replay_jobs set kind = 'nonsense' where id = ${broken}`;
    const sound = await replays.addJob([subscription]);
    await expect(replays.run()).rejects.toThrow("nonsense");
    await replays.run();
    expect(await replays.job(sound)).toMatchObject({ status: "done", replayed: 3 });
    expect(await replays.job(broken)).toMatchObject({
      status: "running",
      error: "The last step failed; it is tried again.",
    });
  });
});
