import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";

const folder = fileURLToPath(new URL("../migrations", import.meta.url));
// Any number will do, as long as every migrating process uses the same one.
const migrationLock = 720_211_064;

/**
 * Brings the database at `url` up to the newest migration. Safe to call from several processes at once: one
 * migrates, the others wait. `migrationsFolder` is for bundles that carry the SQL files beside them.
 */
export async function migrate(url: string, migrationsFolder: string = folder): Promise<void> {
  // Loaded on first use: it takes as long to load as all else a service needs, and services hardly ever migrate.
  const [{ drizzle }, { migrate: runMigrations }] = await Promise.all([
    import("drizzle-orm/postgres-js"),
    import("drizzle-orm/postgres-js/migrator"),
  ]);
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: "carewire-migrate" },
  });
  try {
    await sql`select pg_advisory_lock(${migrationLock})`;
    await runMigrations(drizzle(sql), { migrationsFolder });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** What the testkit needs to build its template database: a name for this set of migrations, and how to run it. */
export const migrations = {
  get fingerprint(): string {
    const hash = createHash("sha256");
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith(".sql"))
      .sort()) {
      hash.update(readFileSync(`${folder}/${file}`));
    }
    return hash.digest("hex").slice(0, 12);
  },
  run: (url: string) => migrate(url),
};
