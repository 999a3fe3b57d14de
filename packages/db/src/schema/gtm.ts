import { boolean, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

const moment = () => timestamp({ withTimezone: true });

/** The moments hold the provider's clock. */
export const emails = pgTable(
  "emails",
  {
    organization_id: uuid().notNull(),
    email_id: text().notNull(),
    status: text().notNull(),
    scheduled_at: moment(),
    sent_at: moment(),
    delayed_at: moment(),
    delivered_at: moment(),
    opened_at: moment(),
    clicked_at: moment(),
    failed_at: moment(),
    suppressed_at: moment(),
    bounced_at: moment(),
    complained_at: moment(),
    bounce_type: text(),
    bounce_subtype: text(),
    updated_at: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.email_id] })],
);

/** `*_submitted_at` hold the form's clock. `details` is sealed. */
export const leads = pgTable("leads", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  source: text().notNull(),
  campaign: text().notNull().default(""),
  contact_hash: bytea(),
  status: text().notNull(),
  reason: text(),
  details: bytea().notNull(),
  consent_given: boolean(),
  consent_text: text(),
  consent_at: moment(),
  submissions: integer().notNull().default(1),
  first_submitted_at: moment().notNull(),
  last_submitted_at: moment().notNull(),
  decided_by: text(),
  decided_at: moment(),
  created_at: moment().notNull().defaultNow(),
  updated_at: moment().notNull().defaultNow(),
});
