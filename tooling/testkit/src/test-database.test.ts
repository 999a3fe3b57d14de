import postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let runs = 0;
const fingerprint = `selftest_${process.pid}_${Date.now()}`;
const migrations = {
  fingerprint,
  async run(url: string) {
    runs += 1;
    const sql = postgres(url, { max: 1 });
    await sql`create table patients_seen (id int primary key)`;
    await sql.end();
  },
};
const opened: TestDatabase[] = [];

async function open(): Promise<TestDatabase> {
  const database = await createTestDatabase(migrations);
  opened.push(database);
  return database;
}

afterAll(async () => {
  await Promise.all(opened.map((database) => database.drop()));
  const admin = postgres(process.env.DATABASE_URL ?? "", { max: 1 });
  await admin.unsafe(`drop database if exists carewire_template_${fingerprint}`);
  await admin.end();
});

test("many callers at once share one run of the migrations and still get databases of their own", async () => {
  const databases = await Promise.all([open(), open(), open(), open()]);
  expect(runs).toBe(1);
  expect(new Set(databases.map((database) => database.url)).size).toBe(4);
  const [first, second] = databases as [TestDatabase, TestDatabase, ...TestDatabase[]];
  await first.sql`insert into patients_seen values (1)`;
  expect(await second.sql`select id from patients_seen`).toHaveLength(0);
});

test("drop removes the database while a client is still connected to it", async () => {
  const database = await createTestDatabase(migrations);
  const straggler = postgres(database.url, { max: 1, onclose: () => {} });
  await straggler`select 1`;
  await database.drop();
  const [other] = opened as [TestDatabase];
  const name = new URL(database.url).pathname.slice(1);
  expect(await other.sql`select 1 from pg_database where datname = ${name}`).toHaveLength(0);
  await straggler.end({ timeout: 0 });
});

test("a fingerprint that cannot be part of a database name is refused before anything is created", async () => {
  await expect(createTestDatabase({ ...migrations, fingerprint: 'x"; drop' })).rejects.toThrow(/fingerprint/);
});

test("services connect as a role that is no superuser and is gone with the database", async () => {
  const database = await createTestDatabase(migrations);
  const service = postgres(database.serviceUrl, { max: 1 });
  const [me] =
    await service`select current_user as name, rolsuper from pg_roles where rolname = current_user`;
  expect(me?.rolsuper).toBe(false);
  await expect(service`select * from patients_seen`).rejects.toThrow("permission denied");
  await service.end();
  await database.drop();
  const [other] = opened as [TestDatabase];
  expect(await other.sql`select 1 from pg_roles where rolname = ${me?.name}`).toHaveLength(0);
});
