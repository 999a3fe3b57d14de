import { eventually, findRedisServer, startRedis, type ThrowawayServer } from "@carewire/testkit";
import { Redis } from "ioredis";
import { createClient, createClientPool } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IdempotencyStore } from "../store.ts";
import type { StoreTimes } from "../store-times.ts";
import { killClaimHolder } from "../testing/kill-claim-holder.ts";
import { testStoreGuarantees } from "../testing/store-guarantees.ts";
import { createRedisStore } from "./redis-store.ts";

describe.skipIf(findRedisServer() === undefined)("a store in Redis", () => {
  let redis: ThrowawayServer;
  const clients: {
    ioredis?: Redis;
    single?: ReturnType<typeof createClient>;
    pool?: ReturnType<typeof createClientPool>;
  } = {};

  beforeAll(async () => {
    redis = await startRedis();
    clients.ioredis = new Redis(redis.url);
    clients.single = createClient({ url: redis.url });
    clients.pool = createClientPool({ url: redis.url }, { minimum: 1, maximum: 3 });
    await Promise.all([clients.single.connect(), clients.pool.connect()]);
  });
  afterAll(async () => {
    clients.ioredis?.disconnect();
    clients.single?.destroy();
    clients.pool?.destroy();
    await redis?.remove();
  });

  const storeOf = (name: "ioredis" | "single" | "pool", times?: StoreTimes): IdempotencyStore => {
    const client = clients[name];
    if (client === undefined) throw new Error("the client was not made");
    return createRedisStore(client, { ...times, keyPrefix: `${name}:` });
  };

  describe("with ioredis", () => testStoreGuarantees((times) => storeOf("ioredis", times)));
  describe("with node-redis", () => testStoreGuarantees((times) => storeOf("single", times)));

  test("a pool of node-redis does as well, and what one client did the other sees", async () => {
    const [one, other] = [
      storeOf("pool"),
      createRedisStore(clients.ioredis as Redis, { keyPrefix: "pool:" }),
    ];
    expect([await one.claim("evt_1"), await other.claim("evt_1")]).toEqual(["claimed", "busy"]);
    await one.commit("evt_1");
    expect(await other.claim("evt_1")).toBe("done");
  });

  test("no key is kept without an end", async () => {
    const store = storeOf("ioredis", { leaseSeconds: 60, ttlSeconds: 3_600 });
    await store.claim("evt_held");
    await store.commit("evt_done");
    const ttls = ["evt_held", "evt_done"].map((id) => (clients.ioredis as Redis).pttl(`ioredis:${id}`));
    const [heldMs, doneMs] = await Promise.all(ttls);
    expect(heldMs).toBeGreaterThan(50_000);
    expect(heldMs).toBeLessThanOrEqual(60_000);
    expect(doneMs).toBeGreaterThan(3_500_000);
  });

  test("what a killed process held is claimed again when its lease is over", async () => {
    const store = storeOf("ioredis");
    const startedMs = performance.now();
    await killClaimHolder({ url: redis.url, id: "evt_killed", leaseSeconds: 2, place: "ioredis:" });
    await eventually(async () => (await store.claim("evt_killed")) === "claimed");
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
  });

  test("a Redis that is away makes claims fail, never succeed", async () => {
    const away = new Redis("redis://127.0.0.1:1", { maxRetriesPerRequest: 0, retryStrategy: () => null });
    away.on("error", () => {});
    await expect(createRedisStore(away).claim("evt_1")).rejects.toThrow();
  });
});
