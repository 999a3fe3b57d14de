export type { IdempotencyClaim, IdempotencyStore } from "../store.ts";
export type { StoreTimes } from "../store-times.ts";
export type { PgClient, PostgresJsClient } from "./postgres-client.ts";
export { createPostgresStore, type PostgresStoreOptions } from "./postgres-store.ts";
export { idempotencyTableSql } from "./table-sql.ts";
