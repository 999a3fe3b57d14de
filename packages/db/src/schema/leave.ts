import { date, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** `approved_at` holds the sender's clock. */
export const leaves = pgTable(
  "leaves",
  {
    organization_id: uuid().notNull(),
    leave_id: text().notNull(),
    user_id: text().notNull(),
    member_of: text().notNull(),
    starts_on: date().notNull(),
    ends_on: date().notNull(),
    approved_by: text().notNull(),
    approved_at: timestamp({ withTimezone: true }).notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.leave_id] })],
);

export const rosterDays = pgTable(
  "roster_days",
  {
    organization_id: uuid().notNull(),
    leave_id: text().notNull(),
    day: date().notNull(),
    user_id: text().notNull(),
    member_of: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.leave_id, table.day] })],
);
