import { randomBytes } from "node:crypto";
import type { Vault } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createVault, keyEncryptionKeysSchema } from "@carewire/service-kit";
import { createTestDatabase } from "@carewire/testkit";
import type { Bench } from "../row.ts";

/** A database of one row, with one organization in it. */
export interface BenchDatabase {
  url: string;
  sql: Sql;
  vault: Vault;
  organizationId: string;
  /** Text of the key that wraps the organization's data key. */
  keyEncryptionKeys: string;
  redisUrl: string;
  /** What an app needs to work on this database. */
  appEnv: Record<string, string>;
}

/** Redis' own numbered database, so that hints of other dispatchers on the same server stay with them. */
const redisDatabase = 15;
/** Filling a backlog of a million rows takes longer than any statement of the product may. */
const statementTimeoutMs = 300_000;

/** Creates a migrated database that is dropped when the row is over. */
export async function createBenchDatabase(bench: Bench): Promise<BenchDatabase> {
  const database = await createTestDatabase(migrations);
  bench.defer(database.drop);
  const sql = connect({
    url: database.url,
    max: 4,
    applicationName: "bench",
    // Looking for the last open delivery must not read a whole backlog: it runs inside what is measured.
    settings: { statement_timeout: statementTimeoutMs, enable_seqscan: "off" },
  });
  bench.defer(() => sql.end({ timeout: 1 }));
  const keyEncryptionKeys = `bench:${randomBytes(32).toString("base64")}`;
  const organizationId = newId(Date.now());
  await sql`insert into organizations (id, name) values (${organizationId}, 'bench')`;
  const redisUrl = new URL(bench.env.redisUrl);
  redisUrl.pathname = `/${redisDatabase}`;
  return {
    url: database.url,
    sql,
    vault: createVault({ sql, keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys) }),
    organizationId,
    keyEncryptionKeys,
    redisUrl: redisUrl.href,
    appEnv: {
      // As in production: a login to which the row policies apply.
      DATABASE_URL: database.serviceUrl,
      REDIS_URL: redisUrl.href,
      KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
    },
  };
}
