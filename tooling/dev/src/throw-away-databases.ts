import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DevEnv } from "./env.ts";
import type { Interrupt } from "./interrupt.ts";
import { claimLauncher, runningLauncher } from "./launcher-lock.ts";
import { stateDirectory, stateFolder } from "./paths.ts";
import { preparePostgresHome, preparePostgresHomeInMemory, removePostgresData } from "./postgres-home.ts";
import { createProcessRegistry, type ProcessRegistry } from "./process-registry.ts";
import { ensureSecrets } from "./secrets.ts";
import { choosePostgres, chooseRedis } from "./start-databases.ts";

const stopTimeoutMs = 10_000;

export interface ThrowAwayOptions {
  env: DevEnv;
  interrupt: Interrupt;
  /** `postgres -c` settings. */
  settings: Record<string, string>;
  /** Nothing is measured that depends on the disk. */
  inMemory?: boolean;
}

/** What tests and benchmarks expect in their environment: where the databases are, and programs to start more. */
export type DatabaseEnv = Record<string, string> & { DATABASE_URL: string };

/**
 * Runs `work` with a PostgreSQL and a Redis of its own, apart from the local stack's, and removes both afterwards.
 * What an earlier run left behind after kill -9 is removed first.
 */
export async function withThrowAwayDatabases<T>(
  options: ThrowAwayOptions,
  work: (databases: DatabaseEnv) => Promise<T>,
): Promise<T> {
  await removeLeftovers();
  const name = `throw-away-${process.pid}`;
  const folder = stateFolder(name);
  claimLauncher(folder);
  const registry = createProcessRegistry(folder);
  const working = startBoth(options, registry, name).then(work);
  try {
    return await options.interrupt.race(working);
  } finally {
    registry.close();
    await registry.stopAll({ timeoutMs: stopTimeoutMs });
    // Interrupted half-way it notices at its next step; only then nothing is written any more.
    await working.catch(() => {});
    await remove(name, registry);
  }
}

async function startBoth(
  { env, interrupt, settings, inMemory = false }: ThrowAwayOptions,
  registry: ProcessRegistry,
  name: string,
): Promise<DatabaseEnv> {
  const secrets = ensureSecrets(stateFolder(name));
  const prepareHome = inMemory ? preparePostgresHomeInMemory : preparePostgresHome;
  const postgres = await choosePostgres({
    env,
    registry,
    settings,
    prepareHome: () => prepareHome(stateFolder(), `${name}-postgres`),
    password: secrets.POSTGRES_PASSWORD!,
    logFile: join(stateFolder(name), "postgres.log"),
    signal: interrupt.signal,
  });
  const redis = await chooseRedis({
    env,
    registry,
    folder: stateFolder(name, "redis"),
    password: secrets.REDIS_PASSWORD!,
    logFile: join(stateFolder(name), "redis.log"),
    signal: interrupt.signal,
  });
  return {
    DATABASE_URL: postgres.url,
    ...(redis.url ? { REDIS_URL: redis.url } : {}),
    ...(redis.command ? { CAREWIRE_REDIS_BIN: redis.command } : {}),
    ...(postgres.binDirectory ? { CAREWIRE_POSTGRES_BIN: postgres.binDirectory } : {}),
  };
}

async function removeLeftovers(): Promise<void> {
  const names = readdirSync(stateFolder()).filter((name) => /^throw-away-\d+$/.test(name));
  for (const name of names) {
    const folder = stateFolder(name);
    if (runningLauncher(folder) === null) await remove(name, createProcessRegistry(folder));
  }
}

async function remove(name: string, registry: ProcessRegistry): Promise<void> {
  await registry.stopAll({ timeoutMs: stopTimeoutMs });
  removePostgresData(stateDirectory, `${name}-postgres`);
  rmSync(join(stateDirectory, name), { recursive: true, force: true });
}
