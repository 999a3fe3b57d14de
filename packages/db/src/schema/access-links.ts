import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

/** Ways into the portal that are good once. */
export const accessLinks = pgTable("access_links", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  api_key_id: uuid().notNull(),
  token_hash: bytea().notNull().unique(),
  scopes: text().array().notNull(),
  embed_origin: text(),
  created_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expires_at: timestamp({ withTimezone: true }).notNull(),
  used_at: timestamp({ withTimezone: true }),
});

export const sessions = pgTable("sessions", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  api_key_id: uuid().notNull(),
  access_link_id: uuid(),
  token_hash: bytea().notNull().unique(),
  scopes: text().array().notNull(),
  embed_origin: text(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  last_seen_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expires_at: timestamp({ withTimezone: true }).notNull(),
  ended_at: timestamp({ withTimezone: true }),
});
