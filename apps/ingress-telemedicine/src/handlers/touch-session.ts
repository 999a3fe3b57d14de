import { lockObject } from "@carewire/bus";
import type { TransactionSql } from "postgres";
import type { RoomEvent } from "../providers/livekit/event-schemas.ts";
import type { Moment } from "../rooms/moment.ts";
import { joinSessions, readSession, type SessionState } from "../rooms/session-state.ts";
import { findSession, saveSession } from "../rooms/session-store.ts";

/**
 * Makes this transaction the only one that decides about the room, and notes that the room was heard of: its own start
 * may never arrive.
 */
export async function touchSession(
  tx: TransactionSql,
  organizationId: string,
  event: RoomEvent,
  moment: Moment,
): Promise<SessionState> {
  await lockObject(tx, organizationId, event.room.sid);
  const current = await findSession(tx, organizationId, event.room.sid);
  const session = joinSessions(current, readSession(event, moment));
  await saveSession(tx, organizationId, session);
  return session;
}
