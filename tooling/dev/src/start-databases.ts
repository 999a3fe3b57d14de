import { requireDatabase } from "./database.ts";
import type { DevEnv } from "./env.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { stateFolder } from "./paths.ts";
import { startPostgres } from "./postgres.ts";
import type { PostgresHome } from "./postgres-home.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import { step } from "./progress.ts";
import { answersPing, startRedis } from "./redis.ts";
import { findRedisBinary } from "./redis-binary.ts";

export interface PostgresChoice {
  env: DevEnv;
  registry: ProcessRegistry;
  /** Only called when the embedded PostgreSQL is used. */
  prepareHome(): Promise<PostgresHome>;
  password: string;
  preferredPort?: number;
  settings: Record<string, string>;
  logFile: string;
  signal: AbortSignal;
}

/** `binDirectory` is null for the PostgreSQL of DATABASE_URL. */
export interface ChosenPostgres {
  url: string;
  binDirectory: string | null;
}

/** The PostgreSQL named by DATABASE_URL, else the embedded one; throws `LaunchFailure`. */
export async function choosePostgres(choice: PostgresChoice): Promise<ChosenPostgres> {
  const { env, prepareHome, ...options } = choice;
  const given = env.databaseUrl;
  if (given) {
    await step("Using the PostgreSQL of DATABASE_URL", () => requireDatabase(given));
    return { url: given, binDirectory: null };
  }
  return step("Starting PostgreSQL", async () => {
    const home = await prepareHome();
    return { url: await startPostgres({ ...options, home }), binDirectory: home.binDirectory };
  });
}

export interface RedisChoice {
  env: DevEnv;
  registry: ProcessRegistry;
  /** For its configuration and data. */
  folder: string;
  password: string;
  preferredPort?: number;
  logFile: string;
  signal: AbortSignal;
}

/** `url` is null when there is no Redis, `command` when no Redis program was found on this machine. */
export interface ChosenRedis {
  url: string | null;
  command: string | null;
}

/** The Redis of REDIS_URL, else one found or unpacked, else none with a message saying what that means. */
export async function chooseRedis(choice: RedisChoice): Promise<ChosenRedis> {
  const { env, signal, ...options } = choice;
  const given = env.redisUrl;
  if (given) {
    await step("Using the Redis of REDIS_URL", () => requireRedis(given));
    return { url: given, command: null };
  }
  const path = env.inherited.PATH ?? "";
  const binary = await step("Looking for Redis", () =>
    findRedisBinary({ folder: stateFolder("redis"), path, signal }),
  );
  if (binary === null) {
    console.log(
      "No Redis was found and none could be unpacked: Carewire runs on PostgreSQL's own wake-ups (install redis-server or set REDIS_URL to change that).",
    );
    return { url: null, command: null };
  }
  const url = await step("Starting Redis", () => startRedis({ ...options, binary }));
  return { url, command: binary.command };
}

async function requireRedis(url: string): Promise<void> {
  if (await answersPing(url)) return;
  throw new LaunchFailure(
    "REDIS_URL points to a Redis that does not answer: start it or correct the URL, or unset REDIS_URL to use a local one.",
  );
}
