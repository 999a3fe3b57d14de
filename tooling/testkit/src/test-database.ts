import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { databaseUrl } from "./database-url.ts";
import { readDatabaseUrl } from "./env.ts";
import { ensureTemplate, type Migrations } from "./template-database.ts";

/**
 * One migrated database of its own. `url` and `sql` connect as its owner, for whatever a test puts in place;
 * `serviceUrl` connects as services do in production: not a superuser, owner of nothing, member of the roles that the
 * migrations grant to. `drop` closes `sql` and removes the database, whoever is still connected.
 */
export type TestDatabase = { url: string; serviceUrl: string; sql: postgres.Sql; drop(): Promise<void> };

const abandonedAfterSeconds = 3 * 3600;
const connectionsMax = 5;

/**
 * Creates a migrated database for one test file, as a copy of a template that is made once per server
 * and fingerprint, however many test processes ask at the same time.
 * Throws when `DATABASE_URL` is missing or the migrations fail.
 */
export async function createTestDatabase(migrations: Migrations): Promise<TestDatabase> {
  const serverUrl = readDatabaseUrl();
  const name = `carewire_test_${Math.floor(Date.now() / 1000)}_${randomBytes(5).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const admin = connectAdmin(serverUrl);
  try {
    await dropAbandoned(admin);
    const template = await ensureTemplate(admin, serverUrl, migrations);
    // The default strategy (wal_log): file_copy forces two checkpoints on a server other tests are using.
    await admin.unsafe(`create database ${name} template ${template}`);
    await createServiceRole(admin, name, password);
  } finally {
    await admin.end();
  }
  const url = databaseUrl(serverUrl, name);
  const sql = postgres(url, { max: connectionsMax, onnotice: () => {} });
  const service = new URL(url);
  service.username = name;
  service.password = password;
  return { url, serviceUrl: service.href, sql, drop: () => dropDatabase(serverUrl, name, sql) };
}

/** A login of the database's own name: nothing is left behind that could log in anywhere. */
async function createServiceRole(admin: postgres.Sql, name: string, password: string): Promise<void> {
  await admin.unsafe(`create role ${name} login password '${password}'`);
  const roles = await admin<{ rolname: string }[]>`
    select rolname from pg_roles where rolname in ('carewire_system', 'carewire_tenant')`;
  for (const { rolname } of roles) {
    const inherit = rolname === "carewire_system";
    await admin.unsafe(`grant ${rolname} to ${name} with inherit ${inherit}, set true`);
  }
}

function connectAdmin(serverUrl: string): postgres.Sql {
  return postgres(serverUrl, { max: 1, onnotice: () => {} });
}

async function dropDatabase(serverUrl: string, name: string, sql: postgres.Sql): Promise<void> {
  await sql.end({ timeout: 1 });
  const admin = connectAdmin(serverUrl);
  try {
    await dropWithRole(admin, name);
  } finally {
    await admin.end();
  }
}

// A killed test run cannot drop its databases; the name carries their age, so a later run does.
async function dropAbandoned(admin: postgres.Sql): Promise<void> {
  const oldestKept = Math.floor(Date.now() / 1000) - abandonedAfterSeconds;
  const rows = await admin<{ name: string }[]>`
    select datname as name from pg_database
    where datname ~ '^carewire_test_[0-9]+_[0-9a-f]+$' and split_part(datname, '_', 3)::bigint < ${oldestKept}`;
  for (const { name } of rows) await dropWithRole(admin, name);
}

async function dropWithRole(admin: postgres.Sql, name: string): Promise<void> {
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.unsafe(`drop role if exists ${name}`);
}
