import { findFreePort, findRedisServer, startRedis } from "@carewire/testkit";
import { expect, test } from "vitest";
import { assertNoEviction } from "./assert-no-eviction.ts";

const testWithRedis = test.skipIf(findRedisServer() === undefined);

testWithRedis("a Redis that evicts keys is refused, with the command that changes it", async () => {
  const redis = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
  await expect(assertNoEviction(redis.url)).rejects.toThrow(
    /maxmemory-policy = allkeys-lru.*redis-cli config set maxmemory-policy noeviction/,
  );
  await redis.remove();
});

testWithRedis("a Redis that keeps what it has is let through", async () => {
  const redis = await startRedis();
  await assertNoEviction(redis.url);
  await redis.remove();
});

test("a Redis that does not answer is let through: it only saves latency", async () => {
  await assertNoEviction(`redis://127.0.0.1:${await findFreePort()}`);
});
