import { customType } from "drizzle-orm/pg-core";

/** `bytea`, as postgres.js returns it. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** `bigint` as decimal digits, as postgres.js returns it: a JavaScript number could not hold every value. */
export const bigintText = customType<{ data: string }>({ dataType: () => "bigint" });
