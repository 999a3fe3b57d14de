export type { IdempotencyClaim, IdempotencyStore } from "../store.ts";
export type { StoreTimes } from "../store-times.ts";
export type { IoredisClient, NodeRedisClient } from "./redis-client.ts";
export { createRedisStore, type RedisStoreOptions } from "./redis-store.ts";
