import { boolean, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bigintText } from "./column-types.ts";

/** Stripe's state as last told; `state_at` holds the provider's clock. The same holds for the whole file. */
export const billingSubscriptions = pgTable(
  "billing_subscriptions",
  {
    organization_id: uuid().notNull(),
    stripe_subscription_id: text().notNull(),
    customer_id: text().notNull(),
    status: text().notNull(),
    current_period_end: timestamp({ withTimezone: true }),
    cancel_at_period_end: boolean().notNull().default(false),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.stripe_subscription_id] })],
);

export const billingInvoices = pgTable(
  "billing_invoices",
  {
    organization_id: uuid().notNull(),
    stripe_invoice_id: text().notNull(),
    stripe_subscription_id: text(),
    customer_id: text(),
    status: text().notNull(),
    amount: bigintText().notNull(),
    currency: text().notNull(),
    attempt_count: integer().notNull().default(0),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.stripe_invoice_id] })],
);

export const billingCheckouts = pgTable(
  "billing_checkouts",
  {
    organization_id: uuid().notNull(),
    stripe_session_id: text().notNull(),
    order_id: text(),
    customer_id: text(),
    stripe_subscription_id: text(),
    payment_status: text().notNull(),
    amount: bigintText(),
    currency: text(),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.stripe_session_id] })],
);
