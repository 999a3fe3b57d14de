import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startProgram } from "./child-program.ts";
import { readParentEnv } from "./env.ts";
import { findRedisServer } from "./find-redis-server.ts";
import { findFreePort } from "./free-port.ts";
import { privateLibraries } from "./private-libraries.ts";
import { startThrowawayServer, type ThrowawayServer } from "./throwaway-server.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

/**
 * Starts a Redis of its own for a test that flushes, kills or restarts it: append-only file on, `noeviction`,
 * as in production. `args` are further `redis-server` arguments.
 * Throws when {@link findRedisServer} finds no program.
 */
export async function startRedis({ args = [] }: { args?: string[] } = {}): Promise<ThrowawayServer> {
  const binary = findRedisServer();
  if (!binary) {
    throw new Error(
      "No redis-server found: set CAREWIRE_REDIS_BIN or put redis-server on PATH, or run `npm test`.",
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "carewire-redis-"));
  const port = await findFreePort();
  const settings = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""];
  const durability = ["--appendonly", "yes", "--maxmemory-policy", "noeviction"];
  return startThrowawayServer({
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    async launch() {
      const env = { ...readParentEnv(), ...privateLibraries(binary) };
      const program = await startProgram(binary, [...settings, ...durability, ...args], { env });
      await waitUntilReady(program, "redis-server", () => answersPing(port), 60_000);
      return program;
    },
  });
}

async function answersPing(port: number): Promise<boolean> {
  const client = new Redis({
    host: "127.0.0.1",
    port,
    lazyConnect: true,
    connectTimeout: 10_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.ping()) === "PONG";
  } finally {
    client.disconnect();
  }
}
