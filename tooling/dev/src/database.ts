import postgres from "postgres";
import { LaunchFailure } from "./launch-failure.ts";

/** Creates the database unless it exists and returns its URL. `adminUrl` may name any database of the server. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Throws `LaunchFailure` when the database named by DATABASE_URL does not answer. */
export async function requireDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select 1`;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new LaunchFailure(
      `DATABASE_URL points to a PostgreSQL that cannot be used (${reason}): start it or correct the URL, or unset DATABASE_URL to use the embedded one.`,
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}
