export type * from "./client/index.ts";
export { CarewireApiError, createClient } from "./client/index.ts";
export type * from "./details/index.ts";
export { createDetailsFetcher } from "./details/index.ts";
export * from "./events/index.ts";
export * from "./handler/index.ts";
export type { IdempotencyClaim, IdempotencyStore } from "./idempotency/index.ts";
export { createMemoryStore } from "./idempotency/index.ts";
export * from "./verify/index.ts";
