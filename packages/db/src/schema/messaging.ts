import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** A patient's message; what it says is in the event's payload. `sent_at` holds the provider's clock. */
export const messagingMessages = pgTable(
  "messaging_messages",
  {
    organization_id: uuid().notNull(),
    message_id: text().notNull(),
    phone_number_id: text().notNull(),
    sender_user_id: text(),
    sender_phone: text(),
    type: text().notNull(),
    reply_to_message_id: text(),
    sent_at: timestamp({ withTimezone: true }).notNull(),
    event_id: uuid().notNull(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.message_id] })],
);

/** What became of a message we sent. The highest rank stands: sent < failed < delivered < read < played < deleted. */
export const messagingStatuses = pgTable(
  "messaging_statuses",
  {
    organization_id: uuid().notNull(),
    message_id: text().notNull(),
    phone_number_id: text().notNull(),
    recipient_user_id: text(),
    recipient_phone: text(),
    status: text().notNull(),
    sent_at: timestamp({ withTimezone: true }),
    failed_at: timestamp({ withTimezone: true }),
    delivered_at: timestamp({ withTimezone: true }),
    read_at: timestamp({ withTimezone: true }),
    played_at: timestamp({ withTimezone: true }),
    deleted_at: timestamp({ withTimezone: true }),
    error_code: integer(),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: uuid().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.message_id] })],
);
