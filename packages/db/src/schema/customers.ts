import { boolean, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./column-types.ts";

export const customers = pgTable(
  "customers",
  {
    organization_id: uuid().notNull(),
    customer_id: text().notNull(),
    region_code: text(),
    personal: bytea().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.customer_id] })],
);

/** `established_at` holds the EMR's clock. */
export const customerRegionEstablishments = pgTable("customer_region_establishments", {
  id: uuid().primaryKey(),
  organization_id: uuid().notNull(),
  customer_id: text().notNull(),
  region_code: text().notNull(),
  established: boolean().notNull(),
  established_at: timestamp({ withTimezone: true }).notNull(),
  expires_at: timestamp({ withTimezone: true }).notNull(),
  appointment_id: text().notNull(),
  provider_id: text(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
