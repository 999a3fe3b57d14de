import { pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** One life of a video room, as LiveKit last told; `*_at` holds the provider's clock. The same holds for the whole file. */
export const telemedicineSessions = pgTable(
  "telemedicine_sessions",
  {
    organization_id: uuid().notNull(),
    room_sid: text().notNull(),
    room_name: text(),
    status: text().notNull(),
    started_at: timestamp({ withTimezone: true }),
    finished_at: timestamp({ withTimezone: true }),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.room_sid] })],
);

/** One connection to a room. `ended_by`: event | room. */
export const telemedicineParticipants = pgTable(
  "telemedicine_participants",
  {
    organization_id: uuid().notNull(),
    participant_sid: text().notNull(),
    room_sid: text().notNull(),
    identity: text(),
    kind: text(),
    status: text().notNull(),
    joined_at: timestamp({ withTimezone: true }),
    left_at: timestamp({ withTimezone: true }),
    leave_reason: text(),
    ended_by: text(),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.participant_sid] })],
);

/** One media track. `ended_by`: event | participant | room. */
export const telemedicineTracks = pgTable(
  "telemedicine_tracks",
  {
    organization_id: uuid().notNull(),
    track_sid: text().notNull(),
    room_sid: text().notNull(),
    participant_sid: text().notNull(),
    kind: text(),
    source: text(),
    status: text().notNull(),
    published_at: timestamp({ withTimezone: true }),
    unpublished_at: timestamp({ withTimezone: true }),
    ended_by: text(),
    state_at: timestamp({ withTimezone: true }).notNull(),
    event_id: text().notNull(),
    updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organization_id, table.track_sid] })],
);
