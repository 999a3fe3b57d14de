import { releaseDeliveries } from "@carewire/db";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { createReplayBench } from "./testing/replay-bench.ts";
import { type OddServer, serve } from "./testing/serve.ts";
import {
  type DispatcherOptions,
  type RunningDispatcher,
  startDispatcher,
} from "./testing/start-dispatcher.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let replays: ReturnType<typeof createReplayBench>;
let server: OddServer;
/** Message ids in the order they came. */
let arrived: string[];
let dispatchers: RunningDispatcher[];
/** Answers wait for it. */
let gate: PromiseWithResolvers<void>;

beforeAll(async () => {
  bench = await createDeliveryBench();
  replays = createReplayBench(bench);
  server = await serve(async (request, response) => {
    arrived.push(String(request.headers["webhook-id"]));
    await gate.promise;
    response.writeHead(200).end();
  });
});
afterAll(async () => {
  await server.close();
  await bench.close();
});
beforeEach(async () => {
  await replays.reset();
  arrived = [];
  dispatchers = [];
  gate = Promise.withResolvers();
  gate.resolve();
  return async () => {
    for (const dispatcher of dispatchers) {
      await dispatcher.stop();
      expect(dispatcher.errors).toEqual([]);
    }
  };
});

const start = async (options?: DispatcherOptions) => dispatchers.push(await startDispatcher(bench, options));

/** `count` events whose deliveries failed. */
async function failMany(count: number): Promise<void> {
  await bench.publishMany(count - 1);
  await replays.publish("failed");
  await bench.sql`delete from delivery_queue`;
  await bench.sql`update deliveries set status = 3, attempts = 1 where trigger = 0`;
}

const isDone = async (id: string) => (await replays.job(id)).status === "done";
const openDeliveries = () => bench.sql`select 1 from delivery_queue`;

const queuedInLane = async (lane: number) =>
  (await bench.sql`select 1 from delivery_queue where lane = ${lane}`).length;

test("a bulk replay delivers every message once more, and new events pass all of it that waits", async () => {
  const [count, liveCount] = [2_000, 20];
  const subscription = await bench.subscribe({ url: `${server.url}/hook` });
  await failMany(count);
  // Nothing is answered until both wait side by side, so that only their order decides who goes first.
  gate = Promise.withResolvers<void>();
  const job = await replays.addJob([subscription]);
  // Longer than that can take on a busy machine: what times out is tried again, and would be counted twice.
  await start({ attemptTimeoutMs: 100_000, leaseSeconds: 120 });
  await start({ attemptTimeoutMs: 100_000, leaseSeconds: 120 });
  await waitUntil(async () => (await queuedInLane(2)) >= 1_000);
  for (let i = 0; i < liveCount; i++) await bench.publish({ externalId: `live_${i}` });
  await bench.wake();
  await waitUntil(async () => (await queuedInLane(0)) === liveCount);
  gate.resolve();
  await waitUntil(async () => (await isDone(job)) && (await openDeliveries()).length === 0);
  const places = arrived.flatMap((id, place) => (id.startsWith("live_") ? [place] : []));
  expect(places).toHaveLength(liveCount);
  // What was on its way already, and what shared a claim with them.
  expect(Math.max(...places)).toBeLessThan(150);
  const replayed = arrived.filter((id) => !id.startsWith("live_"));
  expect([replayed.length, new Set(replayed).size]).toEqual([count, count]);
  expect(await replays.job(job)).toEqual({ status: "done", replayed: count, error: null });
});

test("a replay keeps its message id and numbers its attempts from one; the first delivery stays as it was", async () => {
  const subscription = await bench.subscribe({ url: `${server.url}/hook` });
  await start();
  const eventId = await bench.publish({ externalId: "the_message" });
  await bench.wake();
  const [first] = await waitUntil(async () => {
    const deliveries = await bench.deliveries(eventId);
    return deliveries[0]?.status === "delivered" && deliveries;
  });
  await replays.addJob([subscription]);
  const [, replay] = await waitUntil(async () => {
    const deliveries = await bench.deliveries(eventId);
    return deliveries[1]?.status === "delivered" && deliveries;
  });
  expect(arrived).toEqual(["the_message", "the_message"]);
  expect((await bench.attempts(eventId)).map(({ n }) => n)).toEqual([1, 1]);
  expect([first?.attempts, replay?.attempts]).toEqual([1, 1]);
  expect((await bench.deliveries(eventId))[0]).toEqual(first);
});

test("events for a disabled endpoint are held, and replayable once they failed: nothing is dropped", async () => {
  let gone = true;
  const odd = await serve((request, response) => {
    arrived.push(String(request.headers["webhook-id"]));
    response.writeHead(gone ? 410 : 200).end();
  });
  try {
    const subscription = await bench.subscribe({ url: `${odd.url}/hook` });
    await start();
    const failed = await bench.publish({ externalId: "refused" });
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(failed))[0]?.status === "failed");
    await waitUntil(async () => (await bench.sql`select 1 from subscriptions where not active`).length === 1);
    const held = await bench.publish({ externalId: "held" });
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(held))[0]?.status === "held");
    const job = await replays.addJob([subscription], { kind: "recover", filter: { only_failed: true } });
    await waitUntil(
      async () =>
        (await bench.sql`select 1 from replay_job_endpoints where job_id = ${job} and next_step_at > now()`)
          .length === 1,
    );
    expect(await replays.job(job)).toMatchObject({ status: "running", replayed: 0 });
    gone = false;
    await bench.sql`update subscriptions set active = true, disabled_reason = null, version = version + 1`;
    await releaseDeliveries(bench.sql, subscription.id);
    await replays.makeDue();
    await waitUntil(async () => (await isDone(job)) && (await openDeliveries()).length === 0);
    expect([...new Set(arrived.slice(1))].sort()).toEqual(["held", "refused"]);
  } finally {
    await odd.close();
  }
});
