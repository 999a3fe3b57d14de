import { integer, numeric, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

const moment = () => timestamp({ withTimezone: true });

/** Payments whose outcome is read from Orange Money and MTN MoMo. */
export const mobilePayments = pgTable("mobile_payments", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  provider: text().notNull(),
  reference: text().notNull(),
  order_id: text(),
  external_id: text(),
  customer_id: text(),
  amount: numeric().notNull(),
  currency: text().notNull(),
  notif_token_hash: bytea(),
  secrets: bytea(),
  registered_at: moment().notNull(),
  started_at: moment(),
  state: text().notNull().default("pending"),
  reason: text(),
  provider_transaction_id: text(),
  settled_at: moment(),
  hinted_at: moment(),
  hint_event_id: uuid(),
  looked_at: moment(),
  look_count: integer().notNull().default(0),
  problem: text(),
  next_look_at: moment(),
  lease_token: uuid(),
  lease_until: moment(),
});
