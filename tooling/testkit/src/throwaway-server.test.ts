import { Redis } from "ioredis";
import postgres from "postgres";
import { afterEach, expect, test } from "vitest";
import { findRedisServer } from "./find-redis-server.ts";
import { startPostgres } from "./start-postgres.ts";
import { startRedis } from "./start-redis.ts";
import type { ThrowawayServer } from "./throwaway-server.ts";

let server: ThrowawayServer | undefined;

afterEach(async () => {
  await server?.remove();
  server = undefined;
});

async function query<T>(url: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 10 });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

test("a PostgreSQL that crashed comes back on its port with what it had committed", async () => {
  server = await startPostgres();
  await query(server.url, (sql) => sql`create table kept as select 42 as answer`);
  await server.crash();
  await expect(query(server.url, (sql) => sql`select 1`)).rejects.toThrow();
  await server.start();
  expect(await query(server.url, (sql) => sql`select answer from kept`)).toEqual([{ answer: 42 }]);
});

const testWithRedis = test.skipIf(findRedisServer() === undefined);

testWithRedis("a Redis that crashed comes back on its port with its log", async () => {
  server = await startRedis({ args: ["--appendfsync", "always"] });
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  await redis.set("kept", "42");
  await server.crash();
  await server.start();
  expect(await redis.get("kept")).toBe("42");
  redis.disconnect();
});
