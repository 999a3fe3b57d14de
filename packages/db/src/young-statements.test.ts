import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Sql } from "./connect.ts";
import { migrations } from "./migrate.ts";

const statements = 60;
const parameterBytes = 100_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: { type: "minor" }) => void;
let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 1, applicationName: "young-statements-test" });
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database.drop();
});

/** What `work` leaves on the heap after young collections only, bytes. */
async function leftBehind(work: () => Promise<void>): Promise<number> {
  collect({ type: "minor" });
  const before = process.memoryUsage().heapUsed;
  await work();
  for (let i = 0; i < 3; i++) collect({ type: "minor" });
  return process.memoryUsage().heapUsed - before;
}

// See docs/adr/0010: a statement that is kept until a full collection makes every other collection long.
test("a young collection takes what statements leave behind, their parameters and their rows", async () => {
  const bytes = await leftBehind(async () => {
    for (let i = 0; i < statements; i++) {
      await sql`select ${"x".repeat(parameterBytes) + i}::text as text`;
    }
  });
  expect(bytes).toBeLessThan((statements * parameterBytes) / 3);
});

test("the same goes for transactions and what their functions hold", async () => {
  const bytes = await leftBehind(async () => {
    for (let i = 0; i < statements; i++) {
      const held = "x".repeat(parameterBytes) + i;
      await sql.begin(async (tx) => {
        await tx`select ${held}::text as text`;
      });
    }
  });
  expect(bytes).toBeLessThan((statements * parameterBytes) / 3);
});
