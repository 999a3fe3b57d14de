import { boolean, pgTable, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bigintText, bytea } from "./column-types.ts";

/** Hot: a row exists only while an event waits to be routed. */
export const routeQueue = pgTable("route_queue", {
  event_id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  account_id: uuid(),
  type: text().notNull(),
});

/** Hot: a row exists only while a delivery is unfinished and not held. `id` = deliveries.id. */
export const deliveryQueue = pgTable("delivery_queue", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  event_id: uuid().notNull(),
  destination_id: uuid().notNull(),
  shard: smallint().notNull(),
  lane: smallint().notNull().default(0),
  attempts: smallint().notNull().default(0),
  retries: smallint().notNull().default(0),
  due_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  lease_token: bigintText(),
  lease_until: timestamp({ withTimezone: true }),
  probe: boolean().notNull().default(false),
  suspect_runs: smallint(),
});

/** Hot: a row exists only while a subscription's filter waits to be evaluated on an event. */
export const filterQueue = pgTable(
  "filter_queue",
  {
    subscription_id: uuid().notNull(),
    event_id: uuid().notNull(),
    organization_id: uuid().notNull(),
    due_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.subscription_id, table.event_id] })],
);

/** Deliveries of ordered subscriptions that wait for those before them. */
export const fifoQueue = pgTable("fifo_queue", {
  delivery_id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  subscription_id: uuid().notNull(),
  subject: text().notNull(),
  event_id: uuid().notNull(),
});

/** Per ordered subscription and subject, the delivery that is in `delivery_queue` now. */
export const fifoLanes = pgTable(
  "fifo_lanes",
  {
    subscription_id: uuid().notNull(),
    subject: text().notNull(),
    organization_id: uuid().notNull(),
    delivery_id: uuid().notNull().unique(),
  },
  (table) => [primaryKey({ columns: [table.subscription_id, table.subject] })],
);

/** When the next request to a rate-limited endpoint may leave. Unlogged. */
export const rateBuckets = pgTable("rate_buckets", {
  subscription_id: uuid().primaryKey(),
  next_at: timestamp({ withTimezone: true }).notNull(),
});

/** Unique (scope, key) -> event. */
export const idempotency = pgTable(
  "idempotency",
  {
    scope: uuid().notNull(),
    key: text().notNull(),
    event_id: uuid().notNull(),
    body_hash: bytea().notNull(),
    expires_at: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
);

export const dispatcherInstances = pgTable("dispatcher_instances", {
  id: uuid().primaryKey(),
  heartbeat_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
