import type { TransactionSql } from "postgres";
import type { SessionState } from "./session-state.ts";

export async function findSession(
  tx: TransactionSql,
  organizationId: string,
  roomSid: string,
): Promise<SessionState | null> {
  const [row] = await tx<SessionState[]>`
    select room_sid "roomSid", room_name "roomName", status, started_at "startedAt", finished_at "finishedAt",
      state_at "stateAt", event_id "eventId"
    from telemedicine_sessions where organization_id = ${organizationId} and room_sid = ${roomSid}`;
  return row ?? null;
}

export async function saveSession(
  tx: TransactionSql,
  organizationId: string,
  state: SessionState,
): Promise<void> {
  await tx`
    insert into telemedicine_sessions (organization_id, room_sid, room_name, status, started_at, finished_at,
      state_at, event_id)
    values (${organizationId}, ${state.roomSid}, ${state.roomName}, ${state.status}, ${state.startedAt},
      ${state.finishedAt}, ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, room_sid) do update set room_name = excluded.room_name, status = excluded.status,
      started_at = excluded.started_at, finished_at = excluded.finished_at, state_at = excluded.state_at,
      event_id = excluded.event_id, updated_at = now()`;
}

/** How many people were in the room, as far as LiveKit told: those who came back count once, agents do not. */
export async function countPeople(
  tx: TransactionSql,
  organizationId: string,
  roomSid: string,
): Promise<number> {
  const [row] = await tx<{ people: number }[]>`
    select count(distinct coalesce(identity, participant_sid))::int people from telemedicine_participants
    where organization_id = ${organizationId} and room_sid = ${roomSid} and kind in ('STANDARD', 'SIP')
      and status <> 'aborted'`;
  return row?.people ?? 0;
}
