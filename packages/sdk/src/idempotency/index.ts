export { createMemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export type { IdempotencyClaim, IdempotencyStore } from "./store.ts";
export type { StoreTimes } from "./store-times.ts";
