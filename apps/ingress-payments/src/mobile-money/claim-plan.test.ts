import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimDue } from "./payment-store.ts";

const [organizationId, othersId] = [newId(Date.now()), newId(Date.now())];
const now = new Date();
const limit = 10;
let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 1, applicationName: "claim-plan-test" });
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database.drop();
});

/** Makes payments of an organization that are due since `dueSeconds`. */
const makeDue = (owner: string, count: number, dueSeconds: number) => database.sql`
  insert into mobile_payments (id, organization_id, provider, reference, amount, currency, registered_at, next_look_at)
  select uuidv7(), ${owner}, 'mtn-momo', 'reference_' || n, 5, 'XAF', ${now},
    ${now}::timestamptz - ${dueSeconds}::int * interval '1 second'
  from generate_series(1, ${count}::int) n`;

/** Rows and index entries of payments that were read so far. */
async function readSoFar(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await database.sql<{ read: number }[]>`
    select (select idx_tup_fetch + seq_tup_read from pg_stat_user_tables where relname = 'mobile_payments')::int
      + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'mobile_payments')::int read`;
  return row?.read ?? Number.NaN;
}

test("a claim reads no more payments than it takes, however many of another organization are due for longer", async () => {
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'ours'), (${othersId}, 'others')`;
  await makeDue(othersId, 5_000, 60);
  await makeDue(organizationId, 1_000, 30);
  await database.sql`analyze mobile_payments`;
  const before = await readSoFar();
  const claim = { organizationId, provider: "mtn-momo", now, leaseMs: 60_000, limit } as const;
  expect(await claimDue(sql, claim)).toHaveLength(limit);
  expect((await readSoFar()) - before).toBeLessThan(10 * limit);
});
