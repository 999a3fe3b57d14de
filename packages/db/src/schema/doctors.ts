import { pgTable, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";

export const doctorProfiles = pgTable(
  "doctor_profiles",
  {
    id: uuid().primaryKey(),
    organization_id: uuid().notNull(),
    user_id: text().notNull(),
    email: text().notNull(),
    first_name: text(),
    last_name: text(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [unique().on(table.organization_id, table.user_id)],
);

export const doctorMemberships = pgTable(
  "doctor_memberships",
  {
    organization_id: uuid().notNull(),
    user_id: text().notNull(),
    member_of: text().notNull(),
    role: text().notNull(),
    doctor_profile_id: uuid(),
    joined_at: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.user_id, table.member_of] })],
);
