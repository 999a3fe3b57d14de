import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { findFreePort } from "./free-port.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { identify } from "./process-identity.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import type { RedisBinary } from "./redis-binary.ts";
import { spawnService } from "./spawn-service.ts";
import { waitUntil } from "./wait-until.ts";

export interface RedisOptions {
  binary: RedisBinary;
  /** Where its configuration and append-only file live; exists already. */
  folder: string;
  password: string;
  preferredPort?: number;
  logFile: string;
  registry: ProcessRegistry;
}

const startTimeoutMs = 30_000;

/** Starts Redis on 127.0.0.1 (append-only file synced every second, never evicting) and returns its URL. */
export async function startRedis({
  binary,
  folder,
  password,
  preferredPort,
  logFile,
  registry,
}: RedisOptions): Promise<string> {
  const port = await findFreePort(preferredPort);
  const configuration = join(folder, "redis.conf");
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    // In a file, not on the command line, where every user of the machine could read it.
    `requirepass ${password}`,
    `dir "${folder}"`,
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory-policy noeviction",
    'save ""',
  ];
  writeFileSync(configuration, `${lines.join("\n")}\n`, { mode: 0o600 });
  const pid = spawnService({
    name: "Redis",
    command: binary.command,
    args: [configuration],
    cwd: folder,
    env: binary.env,
    logFile,
  });
  registry.record("redis", pid);
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const answered = await waitUntil(async () => identify(pid) === null || (await answersPing(url)), {
    timeoutMs: startTimeoutMs,
  });
  if (!answered || identify(pid) === null) throw new LaunchFailure(`Redis did not start: see ${logFile}.`);
  return url;
}

/** Whether a Redis at `url` answers now. */
export async function answersPing(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
