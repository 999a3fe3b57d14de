/**
 * The address of the PostgreSQL server that tests may create databases on.
 * Throws when `DATABASE_URL` is not set.
 */
export function readDatabaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) {
    throw new Error(
      "DATABASE_URL is not set, so tests have no PostgreSQL server to create databases on. " +
        "Run `npm test` from the repository root: it starts one and sets the variable.",
    );
  }
  return url;
}

/** Folder that holds `initdb` and `postgres` (`CAREWIRE_POSTGRES_BIN`), if one was named. */
export function readPostgresBin(): string | undefined {
  return process.env.CAREWIRE_POSTGRES_BIN || undefined;
}

/** Path of the `redis-server` program (`CAREWIRE_REDIS_BIN`), if one was named. */
export function readRedisBin(): string | undefined {
  return process.env.CAREWIRE_REDIS_BIN || undefined;
}

/** Path of a Chromium (`CAREWIRE_CHROMIUM_BIN`), if one was named. */
export function readChromiumBin(): string | undefined {
  return process.env.CAREWIRE_CHROMIUM_BIN || undefined;
}

/** The environment a child process starts from, without the variables of the test runner itself. */
export function readParentEnv(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|NODE_ENV)/.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""]));
}
