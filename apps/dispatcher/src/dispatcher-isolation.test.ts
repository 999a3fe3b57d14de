import { wakeChannel } from "@carewire/bus";
import { resetEndpointHealth } from "@carewire/db";
import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startLimit } from "./admission/in-flight-limit.ts";
import { every } from "./schedule/every.ts";
import { publishRouted } from "./testing/claiming.ts";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import {
  type DispatcherOptions,
  type RunningDispatcher,
  startDispatcher,
} from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let oneShots: OneShots;
let receiver: Receiver;
let running: RunningDispatcher[] = [];

beforeAll(async () => {
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return async () => {
    await stopAll();
    await Promise.all([receiver.close(), oneShots.closeServers()]);
  };
});

async function start(options: DispatcherOptions = {}): Promise<RunningDispatcher> {
  const dispatcher = await startDispatcher(bench, options);
  running.push(dispatcher);
  return dispatcher;
}

async function stopAll(): Promise<void> {
  for (const dispatcher of running) {
    await dispatcher.stop();
    expect(dispatcher.errors).toEqual([]);
  }
  running = [];
}

const breakerOf = async (id: string) =>
  (await bench.sql`select breaker from endpoint_state where subscription_id = ${id}`)[0]?.breaker;
const openBreaker = (id: string) => waitUntil(async () => (await breakerOf(id)) === "open");
const statusCount = async (wanted: string) =>
  (await bench.deliveries()).filter(({ status }) => status === wanted).length;

/** Every attempt has a row, and no lease ran out. */
async function expectLedgerToAddUp(): Promise<void> {
  // What is open has its attempts in the queue, what is over in its own row.
  const [row] = await bench.sql`select (select count(*) from attempts)::int sent,
    (select count(*) from attempts where outcome = 'lost')::int lost,
    (select sum(coalesce(q.attempts, d.attempts)) from deliveries d left join delivery_queue q on q.id = d.id)::int counted`;
  expect(row?.lost).toBe(0);
  expect(row?.counted).toBe(row?.sent);
}

describe("a broken endpoint", () => {
  const breaker = { failuresMax: 3, pauseMs: 60_000, pauseMsMax: 60_000 };

  test("is not what one is that refuses some messages: the others reach it at once", async () => {
    receiver.answer(({ body }) => ({ status: body.includes("never taken") ? 422 : 200 }));
    const { id } = await bench.subscribe({ url: receiver.url });
    await start({ breaker, scheduleMs: [60_000] });
    for (let i = 0; i < 12; i++) await bench.publish({ data: '{"order_id":"never taken"}' });
    await bench.publish({ data: '{"order_id":"good"}' });
    await bench.wake();
    await waitUntil(async () => (await statusCount("delivered")) === 1);
    expect(await breakerOf(id)).not.toBe("open");
  });

  test("gets nothing more while its breaker is open, also from the process that comes next", async () => {
    receiver.answer({ status: 500 });
    const { id } = await bench.subscribe({ url: receiver.url });
    await start({ breaker });
    await bench.publish();
    await bench.wake();
    await openBreaker(id);
    await stopAll();
    const before = receiver.total();
    expect(before).toBe(3);

    await start({ breaker });
    // The retry is due; whoever claims it learns of the breaker and gives it back.
    const given = await waitUntil(async () => {
      const [row] = await bench.sql`
        select attempts, lease_token from delivery_queue where due_at > now() + interval '10 s'`;
      return row;
    });
    expect(given).toEqual({ attempts: 3, lease_token: null });
    const eventId = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(eventId)).length === 1);
    await waitUntil(
      async () => (await bench.sql`select from delivery_queue where lease_token is not null`).length === 0,
    );
    expect(receiver.total()).toBe(before);
    expect(await bench.attempts(eventId)).toEqual([]);
    await expectLedgerToAddUp();

    receiver.answer({ status: 200 });
    await resetEndpointHealth(bench.sql, id);
    await bench.sql`update delivery_queue set due_at = now()`;
    await waitUntil(async () => (await statusCount("delivered")) === 2);
    await expectLedgerToAddUp();
  }, 120_000);

  test("is tried with one delivery after its pause, and gets the rest once that arrives", async () => {
    receiver.answer({ status: 500 });
    const { id } = await bench.subscribe({ url: receiver.url });
    await start({ breaker: { failuresMax: 3, pauseMs: 700, pauseMsMax: 700 } });
    await bench.publishMany(20);
    await bench.wake();
    await openBreaker(id);
    await receiver.waitFor(7, patienceMs);
    expect(await statusCount("delivered")).toBe(0);
    receiver.answer({ status: 200 });
    await waitUntil(async () => (await statusCount("delivered")) === 20);
    await waitUntil(async () => (await breakerOf(id)) === "closed");
    await expectLedgerToAddUp();
  }, 120_000);

  test("that answers a ping is believed", async () => {
    receiver.answer({ status: 500 });
    const { id, shard } = await bench.subscribe({ url: receiver.url });
    await start({ breaker });
    await bench.publish();
    await bench.wake();
    await openBreaker(id);
    receiver.answer({ status: 200 });
    const eventId = await bench.publish({ type: "carewire.ping", accountId: await bench.addAccount() });
    await bench.sql`with d as (insert into deliveries (id, organization_id, event_id, destination_id, trigger)
        values (uuidv7(), ${bench.organizationId}, ${eventId}, ${id}, 2) returning *)
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard, probe)
      select id, organization_id, event_id, destination_id, ${shard}, true from d`;
    await waitUntil(async () => (await breakerOf(id)) === "closed");
  }, 120_000);

  test("that asks for time gets it", async () => {
    receiver.answer({ status: 429, headers: { "retry-after": "300" } });
    const { id } = await bench.subscribe({ url: receiver.url });
    await start();
    await bench.publishMany(10);
    await bench.wake();
    await openBreaker(id);
    const noneIsLeased = () =>
      waitUntil(
        async () => (await bench.sql`select from delivery_queue where lease_token is not null`).length === 0,
      );
    await noneIsLeased();
    const before = receiver.total();
    expect(before).toBeLessThanOrEqual(startLimit);
    const eventId = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(eventId)).length === 1);
    await noneIsLeased();
    expect(receiver.total()).toBe(before);
    expect(await statusCount("pending")).toBe(11);
  });
});

describe("a rate limit", () => {
  test("holds over all processes, burns no attempt and lets everything through in the end", async () => {
    const { id, shard } = await bench.subscribe({ url: receiver.url });
    await bench.sql`update subscriptions set rate_limit_per_second = 10 where id = ${id}`;
    // Neither hears of the other, so that both look after the endpoint's shard.
    const first = await start();
    const forgetting = every(10, async () => void (await bench.sql`delete from dispatcher_instances`));
    const second = await start();
    const publishedAtMs = Date.now();
    await publishRouted(bench, 40);
    await bench.sql.notify(wakeChannel, `shards:${shard}`);
    await waitUntil(async () => (await statusCount("delivered")) >= 20);
    // By chance one of them may have sent all of these; the rest is the other's.
    await (first.attempts.length > second.attempts.length ? first : second).drain();
    await waitUntil(async () => (await statusCount("delivered")) === 40);
    const arrivals = receiver.requests().map(({ receivedAtMs }) => receivedAtMs);
    expect(arrivals).toHaveLength(40);
    // One burst of a quarter of a second's requests, then ten a second; requests may arrive later than they left, never earlier.
    for (const [i, atMs] of arrivals.entries()) {
      expect(i + 1, `after ${atMs - publishedAtMs} ms`).toBeLessThanOrEqual(
        2.5 + (10 * (atMs - publishedAtMs)) / 1_000 + 1,
      );
    }
    const attempts = await bench.sql`select n, outcome from attempts`;
    expect(new Set(attempts.map(({ n, outcome }) => `${n} ${outcome}`))).toEqual(new Set(["1 http_2xx"]));
    await expectLedgerToAddUp();
    forgetting.stop();
    expect(Math.min(first.attempts.length, second.attempts.length)).toBeGreaterThan(0);
  }, 120_000);

  test("of one endpoint does not hold up another", async () => {
    const limited = await bench.subscribe({ url: `${receiver.url}/limited`, events: ["order.paid"] });
    await bench.subscribe({ url: `${receiver.url}/free`, events: ["order.shipped"] });
    await bench.sql`update subscriptions set rate_limit_per_second = 1 where id = ${limited.id}`;
    await start();
    await publishRouted(bench, 1_000);
    for (let i = 0; i < 30; i++) await bench.publish({ type: "order.shipped" });
    await bench.wake();
    await waitUntil(() => receiver.requests().filter(({ path }) => path === "/free").length === 30);
    expect(await statusCount("pending")).toBeGreaterThan(960);
  }, 120_000);

  test("with a backlog behind it does not keep claims busy", async () => {
    const { id } = await bench.subscribe({ url: receiver.url });
    await bench.sql`update subscriptions set rate_limit_per_second = 2 where id = ${id}`;
    // Each claim takes one number, so that they can be counted.
    await bench.sql`alter sequence lease_seq cache 1`;
    const claims = async () =>
      (await bench.sql<[{ n: number }]>`select last_value::int n from lease_seq`)[0].n;
    await publishRouted(bench, 3_000);
    const [before, beganAtMs] = [await claims(), Date.now()];
    await start();
    await receiver.waitFor(8, patienceMs);
    // The sweep makes twenty a second, and each token that comes back one; spinning would make hundreds.
    const seconds = (Date.now() - beganAtMs) / 1_000;
    expect((await claims()) - before).toBeLessThan(20 + 40 * seconds);
    expect(seconds).toBeGreaterThan(2);
  }, 120_000);
});

test("a new event passes thousands of retries and replays that are due at its endpoint", async () => {
  let held = Promise.resolve();
  receiver.answer(async () => {
    await held;
    return {};
  });
  await bench.subscribe({ url: receiver.url });
  await publishRouted(bench, 3_000);
  await bench.sql`update delivery_queue set lane = 1 + (('x' || right(id::text, 1))::bit(4)::int & 1)`;
  const { attempts } = await start();
  await receiver.waitFor(100, patienceMs);
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const eventId = await bench.publish();
  await bench.wake();
  await waitUntil(async () => (await bench.deliveries(eventId)).length === 1);
  const before = receiver.total();
  expect(before).toBeLessThan(2_500);
  release();
  const fresh = await waitUntil(() => attempts.find(({ delivery }) => delivery.eventId === eventId));
  const sentBefore = attempts.filter(({ record }) => record.startedAtMs < fresh.record.startedAtMs);
  // What was claimed before it was there: no more than an endpoint may ever have in flight.
  expect(sentBefore.length - before).toBeLessThan(300);
}, 120_000);

test("endpoints that were slow for a while all get what comes later, however many they are", async () => {
  await start();
  receiver.answer({ delayMs: 1_200 });
  const subscriptions = await Promise.all(
    Array.from({ length: 24 }, (_, i) => bench.subscribe({ url: `${receiver.url}/${i}` })),
  );
  await bench.publishMany(24);
  await waitUntil(async () => (await statusCount("delivered")) === 24 * subscriptions.length);
  receiver.answer({ delayMs: 0 });
  await bench.publish();
  await waitUntil(async () => (await statusCount("delivered")) === 25 * subscriptions.length);
});
