import { readRedisBin } from "./env.ts";
import { findOnPath } from "./find-on-path.ts";

/**
 * The Redis program `startRedis` would run: `CAREWIRE_REDIS_BIN`, else `redis-server` or
 * `valkey-server` on PATH. Undefined on a machine without any, where tests that need one are skipped.
 */
export function findRedisServer(): string | undefined {
  return readRedisBin() ?? findOnPath("redis-server") ?? findOnPath("valkey-server");
}
