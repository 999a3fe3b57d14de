import { mkdirSync } from "node:fs";
import { join } from "node:path";
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
}

/** The PostgreSQL named by DATABASE_URL, else the embedded one; `own` tells which. Throws `LaunchFailure`. */
export async function choosePostgres(choice: PostgresChoice): Promise<{ url: string; own: boolean }> {
  const { env, prepareHome, ...options } = choice;
  const given = env.databaseUrl;
  if (given) {
    await step("Using the PostgreSQL of DATABASE_URL", () => requireDatabase(given));
    return { url: given, own: false };
  }
  const url = await step("Starting PostgreSQL", async () =>
    startPostgres({ ...options, home: await prepareHome() }),
  );
  return { url, own: true };
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

/** The Redis of REDIS_URL, else one found or unpacked, else null with a message saying what that means. */
export async function chooseRedis(choice: RedisChoice): Promise<string | null> {
  const { env, signal, ...options } = choice;
  const given = env.redisUrl;
  if (given) {
    await step("Using the Redis of REDIS_URL", () => requireRedis(given));
    return given;
  }
  const path = env.inherited.PATH ?? "";
  const binary = await step("Looking for Redis", () =>
    findRedisBinary({ folder: stateFolder("redis"), path, signal }),
  );
  if (binary === null) {
    console.log(
      "No Redis was found and none could be unpacked: Carewire runs on PostgreSQL's own wake-ups (install redis-server or set REDIS_URL to change that).",
    );
    return null;
  }
  mkdirSync(join(options.folder), { recursive: true, mode: 0o700 });
  return step("Starting Redis", () => startRedis({ ...options, binary }));
}

async function requireRedis(url: string): Promise<void> {
  if (await answersPing(url)) return;
  throw new LaunchFailure(
    "REDIS_URL points to a Redis that does not answer: start it or correct the URL, or unset REDIS_URL to use a local one.",
  );
}
