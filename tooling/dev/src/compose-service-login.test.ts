import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createPartitions, dropPartition, migrations, withTenant } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./paths.ts";

type EnsureServiceLogin = (ownerUrl: string, login: { name: string; password: string }) => Promise<void>;
const file = pathToFileURL(join(root, "tooling/docker/src/service-login.ts")).href;
const { ensureServiceLogin }: { ensureServiceLogin: EnsureServiceLogin } = await import(file);

const organizationId = "0199c0de-0000-7000-8000-000000000001";
// Roles belong to the whole server, which other tests use too.
const name = `carewire_service_${randomBytes(5).toString("hex")}`;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(async () => {
  await database.sql`drop role if exists ${database.sql(name)}`;
  await database.drop();
});

async function asService<T>(password: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const url = Object.assign(new URL(database.url), { username: name, password }).href;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

test("the services' login owns nothing and may do what services do; a second run sets its password", async () => {
  const storedPassword = () => database.sql`select rolpassword from pg_authid where rolname = ${name}`;
  await ensureServiceLogin(database.url, { name, password: "it's the first" });
  const first = await storedPassword();
  await ensureServiceLogin(database.url, { name, password: "fedcba9876543210" });
  expect(await storedPassword()).not.toEqual(first);
  const [role] = await database.sql`
    select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as powerful from pg_roles where rolname = ${name}`;
  expect(role).toEqual({ powerful: false });

  await asService("fedcba9876543210", async (service) => {
    await service`insert into organizations (id, name) values (${organizationId}, 'Ours')`;
    const seen = await withTenant(service, organizationId, (tx) => tx`select name from organizations`);
    expect(seen).toEqual([{ name: "Ours" }]);
    expect(await createPartitions(service, new Date("2031-01-01T00:00:00Z"), { daysAhead: 0 })).toBe(5);
    await dropPartition(service, "events_20310101");
    await expect(service`drop table events`).rejects.toThrow("must be owner");
  });
});
