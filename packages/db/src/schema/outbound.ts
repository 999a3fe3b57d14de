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
import type { StoredReplayFilter } from "../replays/replay-selection.ts";
import { bigintText, bytea } from "./column-types.ts";

/**
 * A bulk replay. `kind`: filter | recover | missing. `status`: running | done | cancelled | failed. `total_is`: exact |
 * at_least | at_most. Nothing from `until_id` on is looked at.
 */
export const replayJobs = pgTable("replay_jobs", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  kind: text().notNull(),
  subscription_id: uuid(),
  filter: jsonb().$type<StoredReplayFilter>().notNull(),
  until_id: uuid().notNull(),
  rate_per_second: integer(),
  status: text().notNull().default("running"),
  total: integer().notNull(),
  total_is: text().notNull(),
  replayed: integer().notNull().default(0),
  error: text(),
  created_by: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  finished_at: timestamp({ withTimezone: true }),
  next_step_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** One job's way through one endpoint: `position` is the last delivery or event looked at. */
export const replayJobEndpoints = pgTable(
  "replay_job_endpoints",
  {
    job_id: uuid().notNull(),
    subscription_id: uuid().notNull(),
    organization_id: uuid().notNull(),
    position: uuid().notNull(),
    replayed: integer().notNull().default(0),
    done: boolean().notNull().default(false),
    next_step_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.job_id, table.subscription_id] })],
);

/**
 * What waits for a subscription that was resumed or deleted, a piece at a time. `kind`: release | cancel; `position` is
 * the last delivery looked at; `barrier` a transaction id.
 */
export const endpointDrains = pgTable("endpoint_drains", {
  subscription_id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  shard: smallint().notNull(),
  kind: text().notNull(),
  position: uuid().notNull(),
  last_pass: boolean().notNull().default(false),
  barrier: bigintText(),
  started_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  next_step_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** An organization's own event types, beside the catalog's. */
export const eventTypes = pgTable(
  "event_types",
  {
    organization_id: uuid().notNull(),
    type: text().notNull(),
    domain: text().notNull(),
    description: text().notNull(),
    schema: jsonb().$type<Record<string, unknown>>(),
    example: jsonb().$type<Record<string, unknown>>(),
    created_by: text().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.type] })],
);

/** What fetch-details serves: the newest version of each resource. `body` is null when it was deleted. */
export const resources = pgTable(
  "resources",
  {
    organization_id: uuid().notNull(),
    kind: text().notNull(),
    resource_id: text().notNull(),
    account_id: uuid(),
    version: bigintText().notNull(),
    body: bytea(),
    etag: text().notNull(),
    event_id: uuid().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.kind, table.resource_id] })],
);
