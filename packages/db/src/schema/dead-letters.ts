import { integer, pgTable, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

/** `status`: open, retrying, resolved, discarded. No row is ever deleted; the payload goes when it is erased, or past its lifetime once the letter is closed. */
export const deadLetters = pgTable("dead_letters", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  event_id: uuid(),
  delivery_id: uuid(),
  inbound_request_id: uuid(),
  consumer: text(),
  topic: text().notNull(),
  cause: text().notNull(),
  error: text().notNull(),
  original_payload: bytea(),
  attempts: smallint().notNull().default(0),
  status: text().notNull().default("open"),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  resolved_at: timestamp({ withTimezone: true }),
  resolved_by: text(),
  resolution: text(),
  source_id: uuid(),
  retries: smallint().notNull().default(0),
  message_id: text(),
  content_type: text(),
});

/** `id` = deliveries.id, unless an ingress maps the request again. `outcome`: resolved, failed, cancelled; null while it is under way. */
export const deadLetterRetries = pgTable("dead_letter_retries", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  dead_letter_id: uuid().notNull(),
  payload: bytea(),
  requested_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  outcome: text(),
  error: text(),
  finished_at: timestamp({ withTimezone: true }),
});

/** A row exists while an organization's alert stands. */
export const deadLetterAlerts = pgTable("dead_letter_alerts", {
  organization_id: uuid().primaryKey(),
  depth: integer().notNull(),
  oldest_event: timestamp({ withTimezone: true }).notNull(),
  raised_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
