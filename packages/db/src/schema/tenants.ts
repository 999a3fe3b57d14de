import { pgTable, primaryKey, smallint, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

export const organizations = pgTable("organizations", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

export const accounts = pgTable("accounts", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  name: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** One row per data key; dropping an organization's rows erases its payloads and secrets. */
export const dataKeys = pgTable(
  "data_keys",
  {
    organization_id: uuid().notNull(),
    version: smallint().notNull(),
    key_encryption_key_id: text().notNull(),
    wrapped_key: bytea().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    active_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.version] })],
);

export const apiKeys = pgTable("api_keys", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  name: text().notNull(),
  prefix: text().notNull(),
  key_hash: bytea().notNull().unique(),
  scopes: text().array().notNull(),
  created_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expires_at: timestamp({ withTimezone: true }),
  revoked_at: timestamp({ withTimezone: true }),
  last_used_at: timestamp({ withTimezone: true }),
});

/** Where inbound requests come from. */
export const sources = pgTable(
  "sources",
  {
    id: uuid().primaryKey(),
    organization_id: uuid().notNull(),
    provider: text().notNull(),
    name: text().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [unique().on(table.organization_id, table.provider, table.name)],
);
