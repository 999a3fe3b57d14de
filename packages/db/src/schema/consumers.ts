import { boolean, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const consumers = pgTable("consumers", {
  id: uuid().primaryKey(),
  name: text().notNull().unique(),
  active: boolean().notNull().default(true),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  last_seen_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  removed_at: timestamp({ withTimezone: true }),
});

export const consumerTopics = pgTable(
  "consumer_topics",
  { topic: text().notNull(), consumer_id: uuid().notNull() },
  (table) => [primaryKey({ columns: [table.topic, table.consumer_id] })],
);
