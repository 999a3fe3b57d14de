import type { TransactionSql } from "postgres";
import type { TrackOwnerEnd, TrackState } from "./track-state.ts";

export async function findTrack(
  tx: TransactionSql,
  organizationId: string,
  trackSid: string,
): Promise<TrackState | null> {
  const [row] = await tx<TrackState[]>`
    select track_sid "trackSid", room_sid "roomSid", participant_sid "participantSid", kind, source, status,
      published_at "publishedAt", unpublished_at "unpublishedAt", ended_by "endedBy", state_at "stateAt",
      event_id "eventId"
    from telemedicine_tracks where organization_id = ${organizationId} and track_sid = ${trackSid}`;
  return row ?? null;
}

export async function saveTrack(
  tx: TransactionSql,
  organizationId: string,
  state: TrackState,
): Promise<void> {
  await tx`
    insert into telemedicine_tracks (organization_id, track_sid, room_sid, participant_sid, kind, source, status,
      published_at, unpublished_at, ended_by, state_at, event_id)
    values (${organizationId}, ${state.trackSid}, ${state.roomSid}, ${state.participantSid}, ${state.kind},
      ${state.source}, ${state.status}, ${state.publishedAt}, ${state.unpublishedAt}, ${state.endedBy},
      ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, track_sid) do update set participant_sid = excluded.participant_sid,
      kind = excluded.kind, source = excluded.source, status = excluded.status,
      published_at = excluded.published_at, unpublished_at = excluded.unpublished_at,
      ended_by = excluded.ended_by, state_at = excluded.state_at, event_id = excluded.event_id, updated_at = now()`;
}

/** The told end of a participant, else the end of the room, else null. */
export async function findOwnerEnd(
  tx: TransactionSql,
  organizationId: string,
  { roomSid, participantSid }: Pick<TrackState, "roomSid" | "participantSid">,
): Promise<TrackOwnerEnd | null> {
  const [row] = await tx<{ left: Date | null; finished: Date | null }[]>`
    select
      (select left_at from telemedicine_participants where organization_id = ${organizationId}
        and participant_sid = ${participantSid} and ended_by = 'event') "left",
      (select finished_at from telemedicine_sessions where organization_id = ${organizationId}
        and room_sid = ${roomSid}) finished`;
  if (row?.left) return { by: "participant", at: row.left };
  return row?.finished ? { by: "room", at: row.finished } : null;
}

/** Ends what a participant who left still showed, unless its end was told. */
export async function endTracksOfParticipant(
  tx: TransactionSql,
  organizationId: string,
  participant: { roomSid: string; participantSid: string; leftAt: Date },
): Promise<void> {
  await tx`
    update telemedicine_tracks
    set status = 'unpublished', unpublished_at = ${participant.leftAt}, ended_by = 'participant', updated_at = now()
    where organization_id = ${organizationId} and room_sid = ${participant.roomSid}
      and participant_sid = ${participant.participantSid} and ended_by is distinct from 'event'`;
}

/** Ends what is still shown in a finished room. */
export async function endTracksOfRoom(
  tx: TransactionSql,
  organizationId: string,
  roomSid: string,
  finishedAt: Date,
): Promise<void> {
  await tx`
    update telemedicine_tracks
    set status = 'unpublished', unpublished_at = ${finishedAt}, ended_by = 'room', updated_at = now()
    where organization_id = ${organizationId} and room_sid = ${roomSid}
      and (ended_by is null or ended_by = 'room')`;
}
