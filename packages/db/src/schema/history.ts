import { integer, pgTable, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

/** Range-partitioned by day on the UUIDv7 id, as is everything in this file. */
export const inboundRequests = pgTable("inbound_requests", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  source_id: uuid().notNull(),
  verdict: text().notNull(),
  external_id: text(),
  reason: text(),
  headers: text().notNull(),
  body_hash: bytea().notNull(),
  body_bytes: integer().notNull(),
  body: bytea(),
  received_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  repeat_of: uuid(),
});

export const events = pgTable("events", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  type: text().notNull(),
  external_id: text(),
  subject: text(),
  source_service: text().notNull(),
  occurred_at: timestamp({ withTimezone: true }).notNull(),
  inbound_request_id: uuid(),
  caused_by: uuid(),
  traceparent: text(),
  body_bytes: integer().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** The payload, and what sending needs of its event. `body` is null once it was erased. */
export const eventPayloads = pgTable("event_payloads", {
  id: uuid().primaryKey(),
  body: bytea(),
  organization_id: uuid().notNull(),
  type: text().notNull(),
  external_id: text(),
  occurred_at: timestamp({ withTimezone: true }).notNull(),
  traceparent: text(),
});

/** `trigger`: 0 event, 1 replay, 2 ping or test. `status`: 0 pending, 1 held, 2 delivered, 3 failed, 4 cancelled. `destination_kind`: 0 subscription, 1 consumer. */
export const deliveries = pgTable("deliveries", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  event_id: uuid().notNull(),
  destination_id: uuid().notNull(),
  destination_kind: smallint().notNull().default(0),
  status: smallint().notNull().default(0),
  attempts: smallint().notNull().default(0),
  finished_at: timestamp({ withTimezone: true }),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  trigger: smallint().notNull().default(0),
  replay_of: uuid(),
  replay_job_id: uuid(),
});

export const attempts = pgTable("attempts", {
  id: uuid().primaryKey(),
  delivery_id: uuid().notNull(),
  organization_id: uuid().notNull(),
  n: smallint().notNull(),
  outcome: text().notNull(),
  http_status: smallint(),
  duration_ms: integer(),
  error: text(),
  request_headers: text(),
  response_headers: text(),
  response_body: bytea(),
  next_step: text().notNull(),
  reason: text().notNull(),
  next_retry_at: timestamp({ withTimezone: true }),
  started_at: timestamp({ withTimezone: true }).notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
