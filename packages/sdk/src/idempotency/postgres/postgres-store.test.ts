import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killClaimHolder } from "../testing/kill-claim-holder.ts";
import { testStoreGuarantees } from "../testing/store-guarantees.ts";
import { createPostgresStore } from "./postgres-store.ts";
import { idempotencyTableSql } from "./table-sql.ts";

const table = "inbox.webhooks_seen";
const nothing = { fingerprint: "sdk_nothing", run: async () => {} };

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase(nothing);
  await database.sql`create schema inbox`;
  for (const name of [table, undefined, table]) await database.sql.unsafe(idempotencyTableSql(name)).simple();
  pool = new Pool({ connectionString: database.url, max: 5 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe("a store in PostgreSQL, with postgres.js", () =>
  testStoreGuarantees((times) => createPostgresStore(database.sql, { ...times, table })));

describe("a store in PostgreSQL, with a pool of pg", () =>
  testStoreGuarantees((times) => createPostgresStore(pool, times)));

test("a single client of pg does as well, and what one driver did the other sees", async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const [one, other] = [createPostgresStore(client), createPostgresStore(database.sql)];
  expect([await one.claim("evt_1"), await other.claim("evt_1")]).toEqual(["claimed", "busy"]);
  await one.commit("evt_1");
  expect(await other.claim("evt_1")).toBe("done");
  await client.end();
});

test("what a killed process held is claimed again when its lease is over", async () => {
  const store = createPostgresStore(pool, { table });
  const startedMs = performance.now();
  await killClaimHolder({ url: database.url, id: "evt_killed", leaseSeconds: 2, place: table });
  await eventually(async () => (await store.claim("evt_killed")) === "claimed");
  expect(performance.now() - startedMs).toBeGreaterThan(1_900);
});

test("an effect and its commit in one transaction happen both or not at all", async () => {
  const { sql } = database;
  await sql`create table effects (event_id text)`;
  const store = createPostgresStore(sql);
  const handle = (fails: boolean) =>
    sql.begin(async (tx) => {
      await tx`insert into effects values ('evt_effect')`;
      await createPostgresStore(tx).commit("evt_effect");
      if (fails) throw new Error("crashed before the commit");
    });
  expect(await store.claim("evt_effect")).toBe("claimed");
  await expect(handle(true)).rejects.toThrow("crashed");
  expect(await store.claim("evt_effect")).toBe("busy");
  await store.release("evt_effect");
  expect(await store.claim("evt_effect")).toBe("claimed");
  await handle(false);
  expect(await store.claim("evt_effect")).toBe("done");
  expect(await sql`select from effects`).toHaveLength(1);
});

test("the table does not grow with what is over", async () => {
  const { sql } = database;
  await sql.unsafe(idempotencyTableSql("swept")).simple();
  const brief = createPostgresStore(sql, { table: "swept", ttlSeconds: 0.001 });
  for (let n = 0; n < 60; n++) await brief.commit(`evt_${n}`);
  const [count] = await sql<{ rows: number }[]>`select count(*)::int as rows from swept`;
  expect(count?.rows).toBeLessThan(10);
});

test.each(["", "a b", "x; drop table y", 'a"b', "a.b.c", "A", `a${"b".repeat(60)}`])(
  "%j is no table's name",
  (name) => {
    expect(() => idempotencyTableSql(name)).toThrow(/table must be/);
    expect(() => createPostgresStore(pool, { table: name })).toThrow(/table must be/);
  },
);

test("a database that is away makes claims fail, never succeed", async () => {
  const away = new Pool({ connectionString: "postgres://127.0.0.1:1/none", connectionTimeoutMillis: 500 });
  await expect(createPostgresStore(away).claim("evt_1")).rejects.toThrow();
  await away.end();
});
