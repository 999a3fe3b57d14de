import type { TransactionSql } from "postgres";
import type { ParticipantState } from "./participant-state.ts";

export async function findParticipant(
  tx: TransactionSql,
  organizationId: string,
  participantSid: string,
): Promise<ParticipantState | null> {
  const [row] = await tx<ParticipantState[]>`
    select participant_sid "participantSid", room_sid "roomSid", identity, kind, status, joined_at "joinedAt",
      left_at "leftAt", leave_reason "leaveReason", ended_by "endedBy", state_at "stateAt", event_id "eventId"
    from telemedicine_participants
    where organization_id = ${organizationId} and participant_sid = ${participantSid}`;
  return row ?? null;
}

export async function saveParticipant(
  tx: TransactionSql,
  organizationId: string,
  state: ParticipantState,
): Promise<void> {
  await tx`
    insert into telemedicine_participants (organization_id, participant_sid, room_sid, identity, kind, status,
      joined_at, left_at, leave_reason, ended_by, state_at, event_id)
    values (${organizationId}, ${state.participantSid}, ${state.roomSid}, ${state.identity}, ${state.kind},
      ${state.status}, ${state.joinedAt}, ${state.leftAt}, ${state.leaveReason}, ${state.endedBy},
      ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, participant_sid) do update set identity = excluded.identity, kind = excluded.kind,
      status = excluded.status, joined_at = excluded.joined_at, left_at = excluded.left_at,
      leave_reason = excluded.leave_reason, ended_by = excluded.ended_by, state_at = excluded.state_at,
      event_id = excluded.event_id, updated_at = now()`;
}

/** Ends everybody in a finished room whose own end was not told. */
export async function endParticipants(
  tx: TransactionSql,
  organizationId: string,
  roomSid: string,
  finishedAt: Date,
): Promise<void> {
  await tx`
    update telemedicine_participants
    set status = 'left', left_at = ${finishedAt}, leave_reason = null, ended_by = 'room', updated_at = now()
    where organization_id = ${organizationId} and room_sid = ${roomSid} and ended_by is distinct from 'event'`;
}
