import { eventually, findRedisServer, startRedis, type ThrowawayServer } from "@carewire/testkit";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Balance } from "./conservation.ts";
import { countReceipts, expectedReceipts, type Receipts } from "./receipts.ts";
import { settle } from "./settle.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { type OwnPostgres, startOwnPostgres } from "./world/own-servers.ts";
import { orders } from "./world/publish-orders.ts";
import type { RunningApp } from "./world/start-app.ts";
import { type Subscriptions, subscribe } from "./world/subscribe.ts";

const endpoints = 5;
const events = 400;
const deliveries = endpoints * events;
/** Deliveries made when the middle is reached: enough are in flight then, and most are still to come. */
const middle = 300;

/** Patient enough that no attempt runs out of time only because the machine is busy. */
const startDispatcher = () => world.start("dispatcher", { LEASE_SECONDS: "8", ATTEMPT_TIMEOUT_MS: "7500" });

let postgres: OwnPostgres;
let redis: ThrowawayServer | undefined;
let world: World;
let api: ApiClient;
let apiApp: RunningApp;
let dispatchers: RunningApp[];
let subscriptions: Subscriptions;
let published = 0;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([
    startOwnPostgres(),
    findRedisServer() === undefined ? undefined : startRedis(),
  ]);
  world = await createWorld({ database: postgres, redisUrl: redis?.url });
  [apiApp, ...dispatchers] = await Promise.all([
    world.start("subscriptions-api"),
    startDispatcher(),
    startDispatcher(),
  ]);
  api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  subscriptions = await subscribe(api, { url: world.receiver.url, count: endpoints, events: ["order.paid"] });
});

afterAll(async () => {
  await world?.close();
  await redis?.remove();
});

const expectRunning = async (app: RunningApp): Promise<void> =>
  expect(await Promise.race([app.exited, "running"])).toBe("running");

/** What arrived of the events whose ids begin with `prefix`. */
function receiptsOf(prefix: string): Receipts {
  const ours = world.receiver
    .requests()
    .filter(({ headers }) => String(headers["webhook-id"]).startsWith(`${prefix}_`));
  return countReceipts(ours);
}

/** Publishers notice nothing of what is lost: the first try is accepted. */
async function publishAtOnce(prefix: string): Promise<string[]> {
  const batch = { events: orders(prefix, events) };
  const { data } = await api.post<{ data: { id: string }[] }>("/v1/events/batch", batch);
  return data.map(({ id }) => id);
}

/** Publishes, does something in the middle, and makes sure that everything acknowledged arrived everywhere. */
async function interrupt(prefix: string, disturb: () => Promise<void>): Promise<Receipts> {
  const [middleReached, acknowledgement] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let arrived = 0;
  // However late the API's answer comes, no more than what is in flight then arrives before it.
  world.receiver.answer(async () => {
    if (++arrived >= middle) {
      middleReached.resolve();
      await acknowledgement.promise;
    }
    return { status: 200, delayMs: 50 };
  });
  const acknowledged = await publishAtOnce(prefix);
  acknowledgement.resolve();
  await middleReached.promise;
  expect(arrived).toBeLessThan(deliveries);
  await disturb();
  return expectAllArrived(prefix, acknowledged);
}

async function expectAllArrived(prefix: string, acknowledged: string[]): Promise<Receipts> {
  published += acknowledged.length;
  const balance: Balance = await settle(world.sql, published * endpoints);
  expect(balance.deliveries).toBe(published * endpoints);
  const receipts = receiptsOf(prefix);
  expect([...receipts.keys()].sort()).toEqual(expectedReceipts(subscriptions.paths, acknowledged));
  return receipts;
}

const repeated = (receipts: Receipts): string[] =>
  [...receipts].filter(([, times]) => times > 1).map(([key]) => key);

const testWithRedis = test.skipIf(findRedisServer() === undefined);

/** The Redis of this file; only for tests that are skipped without one. */
function ownRedis(): ThrowawayServer {
  if (!redis) throw new Error("there is no Redis");
  return redis;
}

testWithRedis("an emptied Redis loses nothing and repeats nothing", async () => {
  const receipts = await interrupt("flushed", async () => {
    const client = new Redis(ownRedis().url);
    await client.flushall();
    client.disconnect();
  });
  expect(repeated(receipts)).toEqual([]);
  await Promise.all([apiApp, ...dispatchers].map(expectRunning));
});

testWithRedis("a Redis that crashes and comes back loses nothing and repeats nothing", async () => {
  const receipts = await interrupt("redis-restarted", async () => {
    await ownRedis().crash();
    await ownRedis().start();
  });
  expect(repeated(receipts)).toEqual([]);
  await Promise.all([apiApp, ...dispatchers].map(expectRunning));
});

testWithRedis("a Redis that is full loses nothing and repeats nothing", async () => {
  const client = new Redis(ownRedis().url);
  const receipts = await interrupt("redis-full", async () => {
    await client.config("SET", "maxmemory", "1");
  });
  expect(repeated(receipts)).toEqual([]);
  await client.config("SET", "maxmemory", "0");
  client.disconnect();
  await Promise.all([apiApp, ...dispatchers].map(expectRunning));
});

testWithRedis("without its Redis everything goes on, and a dispatcher starts", async () => {
  await ownRedis().crash();
  const [receipts] = await Promise.all([
    interrupt("redis-gone", async () => {}),
    startDispatcher().then(async (late) => {
      late.kill("SIGTERM");
      expect(await late.exited).toEqual({ code: 0, signal: null });
    }),
  ]);
  expect(repeated(receipts)).toEqual([]);
  await Promise.all([apiApp, ...dispatchers].map(expectRunning));
  await ownRedis().start();
});

test("a PostgreSQL that crashes and comes back loses nothing that was acknowledged", async () => {
  const later = { events: orders("postgres-restarted-later", 100) };
  const receipts = await interrupt("postgres-restarted", async () => {
    await postgres.crash();
    const refused = await api.tryPost("/v1/events/batch", later);
    expect(refused?.status).toBe(503);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    await postgres.start();
  });
  expect(receipts.size).toBe(deliveries);

  const accepted = await eventually(async () => {
    const answer = await api.tryPost<{ data: { id: string }[] }>("/v1/events/batch", later);
    return answer?.status === 202 && answer.body.data.map(({ id }) => id);
  });
  await expectAllArrived("postgres-restarted-later", accepted);
  await Promise.all([apiApp, ...dispatchers].map(expectRunning));
});

test("of two dispatchers one is killed, and the other finishes its work", async () => {
  await interrupt("killed", async () => dispatchers[1]?.kill("SIGKILL"));
});

test("a dispatcher told to stop finishes what it began, and nothing is lost or repeated", async () => {
  const last = dispatchers[0];
  const receipts = await interrupt("stopped", async () => {
    last?.kill("SIGTERM");
    expect(await last?.exited).toEqual({ code: 0, signal: null });
    expect(await world.sql`select from delivery_queue where lease_token is not null`).toHaveLength(0);
    await startDispatcher();
  });
  expect(repeated(receipts)).toEqual([]);
});
