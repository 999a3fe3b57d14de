import { connect, historyTables, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { upkeep } from "./maintenance.ts";
import type { Retention } from "./retention/retention-env.ts";
import { hotPathSettings } from "./store/hot-path-settings.ts";

const retention: Retention = {
  payloadDays: 30,
  attemptDays: null,
  eventDays: 90,
  inboundDays: 30,
  auditDays: null,
};

let database: TestDatabase;
let sql: Sql;
let errors: string[];

beforeEach(async () => {
  database = await createTestDatabase(migrations);
  const settings = { ...hotPathSettings, idle_in_transaction_session_timeout: 0 };
  sql = connect({ url: database.url, max: 4, applicationName: "upkeep", settings });
  errors = [];
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

const keepUp = (now = new Date()) => upkeep({ sql, retention, onError: (where) => errors.push(where) }, now);

/** The day partitions of a table, oldest first. */
async function daysOf(table: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select c.relname::text name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass and c.relname ~ '_[0-9]{8}$' order by 1`;
  return rows.map(({ name }) => name);
}

test("what is too old goes although something keeps the next days from being prepared", async () => {
  await sql`select carewire_create_partitions(current_date - 40, current_date - 40)`;
  const [old] = await daysOf("event_payloads");
  const missing = (await daysOf("attempts")).at(-1) ?? "";
  await sql`drop table ${sql(missing)}`;
  await sql.begin(async (tx) => {
    await tx`lock table attempts in access share mode`;
    await keepUp();
  });
  expect(errors).toEqual(["create partitions"]);
  expect(await daysOf("event_payloads")).not.toContain(old);
  await keepUp();
  expect(await daysOf("attempts")).toContain(missing);
});

test("a process whose clock is far ahead lets nothing expire early", async () => {
  const before = await Promise.all(historyTables.map(daysOf));
  const id = newId(Date.now());
  await sql`insert into event_payloads (id, organization_id, type, occurred_at)
    values (${id}, ${id}, 'order.paid', now())`;
  await keepUp(new Date(Date.now() + 400 * 86_400_000));
  expect(errors).toEqual([]);
  expect(await sql`select id from event_payloads`).toEqual([{ id }]);
  for (const [i, table] of historyTables.entries()) {
    expect(await daysOf(table)).toEqual(expect.arrayContaining(before[i] ?? []));
  }
});
