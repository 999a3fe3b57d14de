import { jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bigintText, bytea } from "./column-types.ts";

/** One hash chain per organization; see `appendAudit`. */
export const auditLog = pgTable(
  "audit_log",
  {
    organization_id: uuid().notNull(),
    seq: bigintText().notNull(),
    id: uuid().notNull().unique(),
    actor: text().notNull(),
    action: text().notNull(),
    target: text(),
    detail: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    created_at: timestamp({ withTimezone: true }).notNull(),
    previous_hash: bytea().notNull(),
    hash: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.seq] })],
);

/** Where a chain begins whose oldest rows retention took away: the last of those. */
export const auditAnchors = pgTable("audit_anchors", {
  organization_id: uuid().primaryKey(),
  seq: bigintText().notNull(),
  hash: bytea().notNull(),
  trimmed_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
