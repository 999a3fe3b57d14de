import { pgTable, timestamp, uuid } from "drizzle-orm/pg-core";

/** Who listens to a stream subscription; without a row nobody does. */
export const streams = pgTable("streams", {
  subscription_id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  connection_id: uuid().notNull(),
  expires_at: timestamp({ withTimezone: true }).notNull(),
});
