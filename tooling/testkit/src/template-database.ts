import type { Sql } from "postgres";
import { databaseUrl } from "./database-url.ts";

/**
 * A set of migrations: `run` brings the database at `url` up to date and closes its connections,
 * `fingerprint` changes whenever the result of `run` would (letters, digits and `_`, at most 32).
 */
export type Migrations = { fingerprint: string; run(url: string): Promise<void> };

/**
 * Makes sure the migrated template database of these migrations exists, and returns its name.
 * An advisory lock lets one process build it while the others wait.
 */
export async function ensureTemplate(admin: Sql, serverUrl: string, migrations: Migrations): Promise<string> {
  if (!/^[A-Za-z0-9_]{1,32}$/.test(migrations.fingerprint)) {
    throw new Error(
      `The migrations fingerprint "${migrations.fingerprint}" cannot be part of a database name: ` +
        "use 1 to 32 letters, digits or underscores.",
    );
  }
  const template = `carewire_template_${migrations.fingerprint.toLowerCase()}`;
  if (await exists(admin, template)) return template;
  await admin`select pg_advisory_lock(hashtextextended(${template}, 0))`;
  try {
    if (!(await exists(admin, template))) await build(admin, serverUrl, template, migrations);
  } finally {
    await admin`select pg_advisory_unlock(hashtextextended(${template}, 0))`;
  }
  return template;
}

// Built under another name and renamed at the end, so a template that exists is always complete.
async function build(admin: Sql, serverUrl: string, template: string, migrations: Migrations): Promise<void> {
  const draft = template.replace("template", "draft");
  await admin.unsafe(`drop database if exists ${draft} with (force)`);
  await admin.unsafe(`create database ${draft}`);
  await migrations.run(databaseUrl(serverUrl, draft));
  await admin.unsafe(`alter database ${draft} with allow_connections false`);
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${draft}`;
  await admin.unsafe(`alter database ${draft} rename to ${template}`);
}

async function exists(admin: Sql, name: string): Promise<boolean> {
  const rows = await admin`select 1 from pg_database where datname = ${name}`;
  return rows.length > 0;
}
