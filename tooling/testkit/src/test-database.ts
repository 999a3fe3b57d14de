import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { databaseUrl } from "./database-url.ts";
import { readDatabaseUrl } from "./env.ts";
import { eventually } from "./eventually.ts";
import { ensureTemplate, type Migrations } from "./template-database.ts";

/**
 * One migrated database of its own. `url` and `sql` connect as its owner, for whatever a test puts in place.
 * `serviceUrl` connects as services do in production: not a superuser, owner of nothing, member of carewire_system and
 * carewire_tenant. `tenantUrl` is a member of the latter only, and not before it says so: it can read and write nothing
 * but one tenant's rows inside `withTenant`. `drop` closes `sql` and removes the database, whoever is still connected.
 */
export type TestDatabase = {
  url: string;
  serviceUrl: string;
  tenantUrl: string;
  sql: postgres.Sql;
  drop(): Promise<void>;
};

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
    await admin.unsafe(`create database ${name} template ${template} strategy ${await copyStrategy(admin)}`);
    await createLogins(admin, name, password);
  } finally {
    await admin.end();
  }
  const url = databaseUrl(serverUrl, name);
  const sql = postgres(url, { max: connectionsMax, onnotice: () => {} });
  return {
    url,
    serviceUrl: urlAs(url, name, password),
    tenantUrl: urlAs(url, tenantLogin(name), password),
    sql,
    drop: () => dropDatabase(serverUrl, name, sql),
  };
}

function urlAs(url: string, username: string, password: string): string {
  return Object.assign(new URL(url), { username, password }).href;
}

/** Copying files is quicker, but forces two checkpoints on a server other tests are using: done where those cost little. */
async function copyStrategy(admin: postgres.Sql): Promise<"file_copy" | "wal_log"> {
  const [row] = await admin<{ fsync: string }[]>`select current_setting('fsync') fsync`;
  return row?.fsync === "off" ? "file_copy" : "wal_log";
}

const tenantLogin = (name: string): string => `${name}_tenant`;

/** Logins of the database's own name: nothing is left behind that could log in anywhere. */
async function createLogins(admin: postgres.Sql, name: string, password: string): Promise<void> {
  const tenant = tenantLogin(name);
  await admin.unsafe(`create role ${name} login password '${password}'`);
  await admin.unsafe(`create role ${tenant} login password '${password}'`);
  const roles = await admin`select 1 from pg_roles where rolname in ('carewire_system', 'carewire_tenant')`;
  if (roles.length < 2) return;
  await admin.unsafe(`grant carewire_system to ${name} with inherit true`);
  await admin.unsafe(`grant carewire_tenant to ${name}, ${tenant} with inherit false, set true`);
}

function connectAdmin(serverUrl: string): postgres.Sql {
  return postgres(serverUrl, { max: 1, onnotice: () => {} });
}

async function dropDatabase(serverUrl: string, name: string, sql: postgres.Sql): Promise<void> {
  await sql.end({ timeout: 1 });
  const admin = connectAdmin(serverUrl);
  try {
    await dropWithLogins(admin, name);
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
  for (const { name } of rows) await dropWithLogins(admin, name);
}

async function dropWithLogins(admin: postgres.Sql, name: string): Promise<void> {
  // Its backends are told to end, and get five seconds for it.
  await eventually(() => admin.unsafe(`drop database if exists ${name} with (force)`));
  await admin.unsafe(`drop role if exists ${name}, ${tenantLogin(name)}`);
}
