import { join } from "node:path";
import { migrate } from "@carewire/db";
import { appAddresses } from "./app-addresses.ts";
import { requireFreePorts, startApps } from "./app-processes.ts";
import { type AppRole, discoverApps } from "./apps.ts";
import { buildApps } from "./build-apps.ts";
import { ensureDatabase } from "./database.ts";
import type { DevEnv } from "./env.ts";
import { type Interrupt, Interrupted, watchForInterrupt } from "./interrupt.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { claimLauncher, runningLauncher } from "./launcher-lock.ts";
import { root, stateFolder } from "./paths.ts";
import { durableSettings } from "./postgres.ts";
import { preparePostgresHome } from "./postgres-home.ts";
import { createProcessRegistry, type ProcessRegistry } from "./process-registry.ts";
import { step } from "./progress.ts";
import { ensureSecrets } from "./secrets.ts";
import { seed } from "./seed.ts";
import { choosePostgres, chooseRedis } from "./start-databases.ts";
import { type DemoState, forgetProcesses, portOf, readState, writeState } from "./state.ts";
import { stopTimeoutMs } from "./stop.ts";
import { stopStack } from "./stop-stack.ts";
import { watchProcesses } from "./watch-processes.ts";

interface StackOptions {
  env: DevEnv;
  registry: ProcessRegistry;
  interrupt: Interrupt;
}

/**
 * Starts everything, calls `onReady`, and keeps it until told to stop. Resolves to the exit code. Nothing is left
 * running when it throws.
 */
export async function start(
  env: DevEnv,
  { onReady }: { onReady: (state: DemoState) => void },
): Promise<number> {
  const launcher = runningLauncher(stateFolder());
  if (launcher !== null) {
    throw new LaunchFailure(
      `Carewire already runs from this clone (process ${launcher}): use it, or stop it with: npm start -- --stop`,
    );
  }
  claimLauncher(stateFolder());
  // Nothing is ready until this start says so: what is written there may be of a launcher that was killed.
  forgetProcesses();
  const registry = createProcessRegistry(stateFolder());
  const interrupt = watchForInterrupt(env.launcherPids);
  const starting = startStack({ env, registry, interrupt });
  try {
    onReady(await interrupt.race(starting));
    await Promise.race([interrupt.happened, watchProcesses(registry, interrupt.signal)]);
    await stopStack(registry, forgetProcesses);
    return 0;
  } catch (error) {
    registry.close();
    try {
      await stopStack(registry, forgetProcesses);
    } finally {
      // Interrupted half-way it notices at its next step, and must not leave anything behind after this process.
      await starting.catch(() => {});
    }
    if (error instanceof Interrupted) return 130;
    throw error;
  }
}

async function startStack({ env, registry, interrupt }: StackOptions): Promise<DemoState> {
  const roles = discoverApps(root);
  if (registry.running().length > 0) {
    await step("Stopping what an earlier start left running", () =>
      registry.stopAll({ timeoutMs: stopTimeoutMs }),
    );
  }
  await requireFreePorts(roles);
  await step("Building the apps", () => buildApps({ env: env.inherited, signal: interrupt.signal }));
  const secrets = ensureSecrets(stateFolder());
  const { databaseUrl, redisUrl } = await startDatabases({ env, registry, interrupt }, secrets);
  await step("Migrating the database", () => migrate(databaseUrl));
  const seeded = await step("Preparing the demo organization", () =>
    seed({ databaseUrl, remembered: readState() }),
  );
  const connections = { DATABASE_URL: databaseUrl, ...(redisUrl ? { REDIS_URL: redisUrl } : {}) };
  await step(`Starting ${roles.length} app processes`, () =>
    startApps({
      roles,
      root,
      registry,
      logFolder: stateFolder("logs"),
      env: {
        ...env.inherited,
        ...secrets,
        ...connections,
        ...appAddresses(roles),
        HOST: "127.0.0.1",
        CAREWIRE_ENV: "local",
        LOG_LEVEL: env.inherited.LOG_LEVEL ?? "info",
        CAREWIRE_ORGANIZATION_ID: seeded.organization_id,
      },
    }),
  );
  const state = describeStack({ roles, registry, secrets, databaseUrl, redisUrl, seeded });
  writeState(state);
  return state;
}

async function startDatabases(
  { env, registry, interrupt }: StackOptions,
  secrets: Record<string, string>,
): Promise<{ databaseUrl: string; redisUrl: string | null }> {
  const remembered = readState();
  const logs = stateFolder("logs");
  const postgres = await choosePostgres({
    env,
    registry,
    prepareHome: () => preparePostgresHome(stateFolder(), "postgres"),
    password: secrets.POSTGRES_PASSWORD!,
    preferredPort: portOf(remembered.database_url),
    settings: durableSettings,
    logFile: join(logs, "postgres.log"),
    signal: interrupt.signal,
  });
  const redis = await chooseRedis({
    env,
    registry,
    folder: stateFolder("redis", "data"),
    password: secrets.REDIS_PASSWORD!,
    preferredPort: portOf(remembered.redis_url),
    logFile: join(logs, "redis.log"),
    signal: interrupt.signal,
  });
  const databaseUrl = postgres.binDirectory ? await ensureDatabase(postgres.url, "carewire") : postgres.url;
  return { databaseUrl, redisUrl: redis.url };
}

interface StartedStack {
  roles: AppRole[];
  registry: ProcessRegistry;
  secrets: Record<string, string>;
  databaseUrl: string;
  redisUrl: string | null;
  seeded: Pick<DemoState, "api_key" | "admin_api_key" | "organization_id">;
}

function describeStack({ roles, registry, secrets, databaseUrl, redisUrl, seeded }: StartedStack): DemoState {
  return {
    ...seeded,
    urls: Object.fromEntries(roles.map(({ name, url }) => [name, url])),
    secrets,
    database_url: databaseUrl,
    redis_url: redisUrl,
    pids: Object.fromEntries(registry.running().map(({ name, pid }) => [name, pid])),
  };
}
