import {
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

export const subscriptions = pgTable("subscriptions", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  name: text().notNull(),
  description: text(),
  url: text().notNull(),
  events: text().array().notNull().default([]),
  active: boolean().notNull().default(true),
  disabled_reason: text(),
  retry_policy: text().notNull().default("exponential"),
  max_retries: smallint().notNull().default(7),
  payload_format: text().notNull().default("envelope"),
  signature_scheme: text().notNull().default("standard-webhooks"),
  success_codes: text().notNull().default("2xx"),
  metadata: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  shard: smallint().notNull(),
  version: integer().notNull().default(1),
  created_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  key_type: text().notNull().default("hmac"),
  public_key: text(),
  headers: jsonb().$type<Record<string, string>>().notNull().default({}),
  sensitive_headers: bytea(),
  sensitive_header_names: text().array().notNull().default([]),
  filter: jsonb().$type<Record<string, unknown>>(),
  rate_limit_per_second: integer(),
  ordering: text().notNull().default("none"),
  endpoint_auth_type: text(),
  endpoint_auth: bytea(),
  client_certificate: bytea(),
  client_certificate_subject: text(),
  client_certificate_expires_at: timestamp({ withTimezone: true }),
  probes_until: timestamp({ withTimezone: true }),
  compatibility: text(),
  transport: text().notNull().default("http"),
});

/** Signing secrets; the newest signs, older ones sign along until they expire. */
export const subscriptionSecrets = pgTable("subscription_secrets", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  subscription_id: uuid().notNull(),
  secret: bytea().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expires_at: timestamp({ withTimezone: true }),
});

/** `subscriptions.events`, one row per pattern, for equality look-ups. */
export const subscriptionPatterns = pgTable(
  "subscription_patterns",
  {
    organization_id: uuid().notNull(),
    pattern: text().notNull(),
    subscription_id: uuid().notNull(),
    account_id: uuid(),
    shard: smallint().notNull(),
    held: boolean().notNull().default(false),
    filtered: boolean().notNull().default(false),
    fifo: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.pattern, table.subscription_id] })],
);

export const endpointState = pgTable("endpoint_state", {
  subscription_id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  consecutive_failures: integer().notNull().default(0),
  failing_since: timestamp({ withTimezone: true }),
  last_success_at: timestamp({ withTimezone: true }),
  last_failure_at: timestamp({ withTimezone: true }),
  in_flight_limit: smallint(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  breaker: text().notNull().default("closed"),
  breaker_until: timestamp({ withTimezone: true }),
  breaker_opens: smallint().notNull().default(0),
  warnings: smallint().notNull().default(0),
});
