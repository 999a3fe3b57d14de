import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

/** Who is signed in to dlq-admin: with an API key, or through OIDC (`subject` and `role`). */
export const adminSessions = pgTable("admin_sessions", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  api_key_id: uuid(),
  token_hash: bytea().notNull().unique(),
  subject: text(),
  name: text().notNull(),
  role: text(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  last_seen_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expires_at: timestamp({ withTimezone: true }).notNull(),
});

/** `action`: retry | discard. `status`: running | done | cancelled | failed. `position` is the last letter looked at. */
export const deadLetterJobs = pgTable("dead_letter_jobs", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  target_organization_id: uuid(),
  action: text().notNull(),
  filter: jsonb().$type<Record<string, string>>().notNull(),
  reason: text().notNull(),
  status: text().notNull().default("running"),
  position: uuid(),
  matched: integer().notNull(),
  looked_at: integer().notNull().default(0),
  taken: integer().notNull().default(0),
  skipped: integer().notNull().default(0),
  error: text(),
  created_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  finished_at: timestamp({ withTimezone: true }),
});

/** Minutes whose traffic was counted; one without traffic has no row in `traffic_minutes`. */
export const countedMinutes = pgTable("counted_minutes", {
  minute: timestamp({ withTimezone: true }).primaryKey(),
  estimated: boolean().notNull(),
});

/** What one organization received and sent in a minute. */
export const trafficMinutes = pgTable(
  "traffic_minutes",
  {
    minute: timestamp({ withTimezone: true }).notNull(),
    organization_id: uuid().notNull(),
    requests: integer().notNull().default(0),
    events: integer().notNull().default(0),
    delivered: integer().notNull().default(0),
    retried: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    dead_letters: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.minute, table.organization_id] })],
);
