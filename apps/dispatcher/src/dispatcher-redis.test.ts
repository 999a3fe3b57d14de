import {
  findFreePort,
  findRedisServer,
  type Receiver,
  startReceiver,
  startRedis,
  startTcpProxy,
  type ThrowawayServer,
} from "@carewire/testkit";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { waitUntil } from "./testing/wait-until.ts";
import { createShardHints, type ShardHints } from "./wake/redis-hints.ts";

let bench: DeliveryBench;
let redis: ThrowawayServer | undefined;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  if (findRedisServer() !== undefined) redis = await startRedis();
});
afterAll(async () => {
  await Promise.all([bench.close(), redis?.remove()]);
});
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

const testWithRedis = test.skipIf(findRedisServer() === undefined);

function ownRedis(): ThrowawayServer {
  if (!redis) throw new Error("this test needs a Redis");
  return redis;
}

const startWithRedis = (redisUrl: string): Promise<RunningDispatcher> =>
  startDispatcher(bench, {
    createHints: (onHint) => createShardHints({ redisUrl, onHint, onError: () => {} }),
  });

const delivered = (wanted: number) =>
  waitUntil(async () => (await bench.sql`select id from deliveries where status = 2`).length === wanted);

async function publish(events: number): Promise<void> {
  for (let i = 0; i < events / 10; i++) {
    await bench.publishMany(10);
    await bench.wake();
  }
}

testWithRedis(
  "Redis killed, back and flushed in the middle of deliveries loses none and repeats none",
  async () => {
    const server = ownRedis();
    const dispatchers = await Promise.all([startWithRedis(server.url), startWithRedis(server.url)]);
    for (let i = 0; i < 10; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
    await publish(30);
    await server.crash();
    await publish(30);
    await server.start();
    await publish(20);
    const client = new Redis(server.url);
    await client.flushall();
    client.disconnect();
    await publish(20);
    await delivered(1_000);
    expect(receiver.total()).toBe(1_000);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
    for (const dispatcher of dispatchers) expect(await dispatcher.inFlight()).toBe(0);
  },
  120_000,
);

test("a Redis that is not there at start is done without, and stopping does not wait for it", async () => {
  const dispatchers = await Promise.all([
    startWithRedis(`redis://127.0.0.1:${await findFreePort()}`),
    startWithRedis(`redis://127.0.0.1:${await findFreePort()}`),
  ]);
  for (let i = 0; i < 6; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
  await publish(10);
  await delivered(60);
  const startedMs = performance.now();
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});

/**
 * On a Redis without hints that an earlier test left. Closed when the test ends, however it ends: it would take the hints
 * of the next one.
 */
async function openHints(options: Parameters<typeof createShardHints>[0]): Promise<ShardHints> {
  const client = new Redis(ownRedis().url);
  await client.flushall();
  client.disconnect();
  const hints = createShardHints(options);
  onTestFinished(() => hints.close());
  return hints;
}

testWithRedis(
  "a hint reaches a dispatcher through Redis, once per shard however often it is given",
  async () => {
    const seen: number[] = [];
    const errors: unknown[] = [];
    const hints = await openHints({
      redisUrl: ownRedis().url,
      onHint: (shard) => seen.push(shard),
      onError: (error) => errors.push(error),
      // A busy machine makes a test slow, not wrong.
      commandTimeoutMs: 60_000,
    });
    await waitUntil(() => hints.available());
    hints.hint([7, 7, 9]);
    await waitUntil(() => seen.includes(7) && seen.includes(9));
    hints.hint([7]);
    await waitUntil(() => seen.length >= 3);
    expect(seen.toSorted()).toEqual([7, 7, 9]);
    expect(errors).toEqual([]);
  },
);

testWithRedis("a hint given while the one before it is looked after is not taken for the same", async () => {
  const repeats = 20;
  let seen = 0;
  const hints = await openHints({
    redisUrl: ownRedis().url,
    onHint: (shard) => {
      seen++;
      if (seen < repeats) hints.hint([shard]);
    },
    onError: () => {},
  });
  await waitUntil(() => hints.available());
  hints.hint([7]);
  await waitUntil(() => seen >= repeats);
});

testWithRedis(
  "a Redis that no longer answers is taken to be away until it does, and nothing piles up",
  async () => {
    const proxy = await startTcpProxy({ target: { port: ownRedis().port } });
    onTestFinished(() => proxy.close());
    const seen = new Set<number>();
    const hints = await openHints({
      redisUrl: `redis://127.0.0.1:${proxy.port}`,
      onHint: (shard) => seen.add(shard),
      onError: () => {},
    });
    await waitUntil(() => hints.available());
    proxy.freeze();
    for (let i = 0; i < 10_000; i++) hints.hint([i % 64]);
    expect(hints.available()).toBe(false);
    proxy.restore();
    await waitUntil(() => hints.available() && seen.size === 64);
  },
  120_000,
);
