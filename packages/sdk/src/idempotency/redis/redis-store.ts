import type { IdempotencyClaim, IdempotencyStore } from "../store.ts";
import { type StoreTimes, storeTimesMs } from "../store-times.ts";
import { type IoredisClient, type NodeRedisClient, scriptRunner } from "./redis-client.ts";

/** How a {@link createRedisStore} remembers. */
export interface RedisStoreOptions extends StoreTimes {
  /** What its keys begin with; default `carewire:webhooks:`. Subscribers that share a Redis need one each. */
  keyPrefix?: string;
}

// A processed event is "done", a claimed one "claim:<holder>". One key each, so that they also work in a cluster.
const claimScript = `
local held = redis.call("GET", KEYS[1])
if held == "done" then return "done" end
if held then return "busy" end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return "claimed"`;

const commitScript = `redis.call("SET", KEYS[1], "done", "PX", ARGV[1]) return 1`;

// Only one's own claim: after the lease is over it may be another's.
const releaseScript = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`;

/**
 * Remembers in Redis, for any number of processes. Takes a client of `ioredis` or of `redis` as it is; connecting and
 * closing it stay with its owner. A Redis that loses its data forgets what was processed: let your effects be harmless
 * when repeated, or use PostgreSQL.
 */
export function createRedisStore(
  client: IoredisClient | NodeRedisClient,
  options: RedisStoreOptions = {},
): IdempotencyStore {
  const { keyPrefix = "carewire:webhooks:" } = options;
  const { leaseMs, ttlMs } = storeTimesMs(options);
  const run = scriptRunner(client);
  const holder = `claim:${crypto.randomUUID()}`;
  return {
    claim: async (id) => claimOf(await run(claimScript, keyPrefix + id, holder, String(leaseMs))),
    commit: async (id) => void (await run(commitScript, keyPrefix + id, String(ttlMs))),
    release: async (id) => void (await run(releaseScript, keyPrefix + id, holder)),
  };
}

function claimOf(answer: unknown): IdempotencyClaim {
  // A client may be set up to give bytes instead of text.
  const text = String(answer);
  if (text === "claimed" || text === "done" || text === "busy") return text;
  throw new Error("Redis gave an answer to a claim that is none of claimed, done and busy");
}
