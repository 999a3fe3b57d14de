import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createMembership, type Membership } from "./membership.ts";
import { allShards } from "./ownership.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 3, applicationName: "membership" });
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database.drop();
});
beforeEach(async () => void (await sql`delete from dispatcher_instances`));

function join(silenceSecondsMax = 10): Membership & { gained: number[] } {
  const gained: number[] = [];
  const onGained = (shards: number[]) => void gained.push(...shards);
  const membership = createMembership({ sql, instanceId: newId(Date.now()), silenceSecondsMax, onGained });
  return { ...membership, gained };
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

test("an instance owns nothing before it looked, and everything when it is alone", async () => {
  const alone = join();
  expect(alone.owned()).toEqual([]);
  await alone.refresh();
  expect(alone.owned()).toEqual(allShards);
  expect(alone.gained).toEqual(allShards);
});

test("two divide the shards between them, and each looks at what it gains when the other leaves", async () => {
  const [a, b] = [join(), join()];
  await a.refresh();
  await b.refresh();
  await a.refresh();
  expect(sorted([...a.owned(), ...b.owned()])).toEqual(allShards);
  expect(a.owned().every(a.owns)).toBe(true);
  expect(b.owned().some(a.owns)).toBe(false);
  await b.leave();
  await a.refresh();
  expect(a.owned()).toEqual(allShards);
  expect(a.gained).toHaveLength(64 + b.owned().length);
});

test("an instance that fell silent loses its shards, and its row is removed in time", async () => {
  const [a, silent] = [join(1), join(1)];
  await silent.refresh();
  await a.refresh();
  await eventually(async () => {
    await a.refresh();
    return a.owned().length === 64;
  });
  await sql`update dispatcher_instances set heartbeat_at = now() - interval '11 seconds' where heartbeat_at < now() - interval '1 second'`;
  await a.refresh();
  expect(await sql`select id from dispatcher_instances`).toHaveLength(1);
});

test("a refresh under way does not bring an instance back that is leaving", async () => {
  const leaving = join();
  const refreshing = leaving.refresh();
  await leaving.leave();
  await refreshing;
  expect(await sql`select id from dispatcher_instances`).toHaveLength(0);
});
