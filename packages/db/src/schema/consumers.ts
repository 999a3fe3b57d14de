import { boolean, pgTable, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

export const consumers = pgTable("consumers", {
  id: uuid().primaryKey(),
  name: text().notNull().unique(),
  active: boolean().notNull().default(true),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  last_seen_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

export const consumerTopics = pgTable(
  "consumer_topics",
  { topic: text().notNull(), consumer_id: uuid().notNull() },
  (table) => [primaryKey({ columns: [table.topic, table.consumer_id] })],
);

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
  original_payload: bytea().notNull(),
  attempts: smallint().notNull().default(0),
  status: text().notNull().default("open"),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  resolved_at: timestamp({ withTimezone: true }),
  resolved_by: text(),
  resolution: text(),
});
