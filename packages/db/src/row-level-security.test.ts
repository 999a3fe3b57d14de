import { randomUUID } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrations } from "./migrate.ts";
import { sampleInsert } from "./testing/sample-row.ts";
import { withTenant } from "./with-tenant.ts";

/** What belongs to the platform: nothing in it is a tenant's, and no tenant may touch it. */
const platformTables = [
  "consumer_topics",
  "consumers",
  "counted_minutes",
  "dispatcher_instances",
  "idempotency",
  "rate_buckets",
];
/** Tables that tenants only read: somebody else writes their rows. */
const readOnlyTables = ["audit_anchors", "data_keys", "organizations"];
const [mine, theirs] = [randomUUID(), randomUUID()];

interface TenantTable {
  name: string;
  column: string;
}

const database: TestDatabase = await createTestDatabase(migrations);
const { sql } = database;
const service = postgres(database.serviceUrl, { max: 2, onnotice: () => {} });

const tables = await sql<{ name: string; column: string | null }[]>`
  select c.relname::text as name, case when c.relname = 'organizations' then 'id' else a.attname::text end as column
  from pg_class c
  left join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`;
const tenantTables = tables.filter((table): table is TenantTable => table.column !== null);

beforeAll(async () => {
  await sql.begin(async (tx) => {
    // Rows of every table without the rows they would point at.
    await tx`set local session_replication_role = replica`;
    for (const { name, column } of tenantTables) {
      for (const organizationId of [mine, theirs]) {
        await tx.unsafe(await sampleInsert(sql, name, column, organizationId));
      }
    }
  });
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

/** Runs one statement as a tenant; resolves to the rows it returned or changed, or the error's code. */
async function asTenant(organizationId: string, statement: string): Promise<number | string> {
  try {
    return await withTenant(service, organizationId, async (tx) => (await tx.unsafe(statement)).count);
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    throw error;
  }
}

const refused = "42501";

test("every table is a tenant's, with an organization, or the platform's, and named here", () => {
  const without = tables.filter(({ column }) => column === null).map(({ name }) => name);
  expect(without).toEqual(platformTables);
  expect(tenantTables.length).toBeGreaterThan(25);
});

describe.each(tenantTables)("$name", ({ name, column }) => {
  const where = (organizationId: string) => `where ${column} = '${organizationId}'`;

  test("is guarded, also against its owner", async () => {
    const [row] =
      await sql`select relrowsecurity, relforcerowsecurity from pg_class where oid = ${name}::regclass`;
    expect(row).toEqual({ relrowsecurity: true, relforcerowsecurity: true });
    const policies = await sql`
      select policyname::text as policy, roles::text, cmd, permissive from pg_policies where tablename = ${name} order by 1`;
    expect(policies).toEqual([
      { policy: "system", roles: "{carewire_system}", cmd: "ALL", permissive: "PERMISSIVE" },
      { policy: "tenant", roles: "{carewire_tenant}", cmd: "ALL", permissive: "PERMISSIVE" },
    ]);
  });

  test("shows a tenant its own rows and no others", async () => {
    expect(await asTenant(mine, `select 1 from ${name}`)).toBe(1);
    expect(await asTenant(mine, `select 1 from ${name} ${where(theirs)}`)).toBe(0);
    expect(await asTenant(randomUUID(), `select 1 from ${name}`)).toBe(0);
  });

  test("takes no row of another tenant, in no way", async () => {
    expect(await asTenant(mine, await sampleInsert(sql, name, column, theirs))).toBe(refused);
    for (const change of [
      `update ${name} set ${column} = ${column} ${where(theirs)}`,
      `delete from ${name} ${where(theirs)}`,
    ]) {
      expect([0, refused]).toContain(await asTenant(mine, change));
    }
    expect(await asTenant(mine, `update ${name} set ${column} = '${theirs}' ${where(mine)}`)).toBe(refused);
    expect(await sql.unsafe(`select 1 from ${name} ${where(theirs)}`)).toHaveLength(1);
  });

  test("shows and takes nothing without an organization", async () => {
    expect(await asTenant("", `select 1 from ${name}`)).toBe(0);
    expect(await asTenant("", await sampleInsert(sql, name, column, mine))).toBe(refused);
  });

  test("is whole to the platform's own loops", async () => {
    const rows = await service.unsafe(`select 1 from ${name}`);
    expect(rows).toHaveLength(2);
  });
});

test.each(readOnlyTables)("%s is for tenants to read only", async (name) => {
  const { column } = tenantTables.find((table) => table.name === name) as TenantTable;
  for (const statement of [
    await sampleInsert(sql, name, column, mine),
    `update ${name} set ${column} = ${column}`,
    `delete from ${name}`,
  ]) {
    expect(await asTenant(mine, statement)).toBe(refused);
  }
});

test.each(platformTables)("%s is nothing to a tenant", async (name) => {
  const expected = name === "consumers" ? 0 : refused;
  expect(await asTenant(mine, `select 1 from ${name}`)).toBe(expected);
  expect(await asTenant(mine, `delete from ${name}`)).toBe(refused);
});

test("no partition can be read around its table's policies", async () => {
  const partitions = await sql<
    { name: string }[]
  >`select relname as name from pg_class where relispartition and relkind = 'r'`;
  expect(partitions.length).toBeGreaterThan(30);
  const [row] = await sql`
    select count(*)::int n from pg_class where relispartition and relkind = 'r'
      and has_table_privilege('carewire_tenant', oid, 'select, insert, update, delete')`;
  expect(row).toEqual({ n: 0 });
});

test("tenants may not call what only the platform's loops need", async () => {
  for (const call of [
    "carewire_trim_audit(gen_random_uuid(), now())",
    "carewire_create_partitions('2031-01-01', '2031-01-01')",
    "carewire_drop_partition('events_20310101')",
  ]) {
    expect(await asTenant(mine, `select ${call}`)).toBe(refused);
  }
});

test("a login that is only a tenant's does nothing outside withTenant: the API's tests run its handlers as one", async () => {
  const handlers = postgres(database.tenantUrl, { max: 1, onnotice: () => {} });
  for (const { name } of tables) {
    await expect(handlers.unsafe(`select 1 from ${name}`)).rejects.toMatchObject({ code: refused });
  }
  expect(await withTenant(handlers, mine, (tx) => tx`select 1 from events`)).toHaveLength(1);
  await handlers.end();
});

test("a tenant's role ends with its transaction, however that ended", async () => {
  const one = postgres(database.serviceUrl, { max: 1, onnotice: () => {} });
  await withTenant(one, mine, (tx) => tx`select 1`);
  await expect(withTenant(one, mine, (tx) => tx`select nonsense`)).rejects.toThrow();
  const [row] = await one`select current_user = session_user as same,
    coalesce(current_setting('carewire.organization_id', true), '') as organization`;
  expect(row).toEqual({ same: true, organization: "" });
  await one.end();
});
