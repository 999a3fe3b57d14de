import { type Position, type PublicEvent, takesPrecedence } from "@carewire/bus";
import type { ParticipantEvent } from "../providers/livekit/event-schemas.ts";
import { earliest, type Moment } from "./moment.ts";

/** One row of `telemedicine_participants`: one connection to a room. */
export interface ParticipantState {
  participantSid: string;
  roomSid: string;
  identity: string | null;
  kind: string | null;
  status: "joined" | "left" | "aborted";
  joinedAt: Date | null;
  leftAt: Date | null;
  leaveReason: string | null;
  /** How the end is known: LiveKit told it, or the room ended. */
  endedBy: "event" | "room" | null;
  stateAt: Date;
  eventId: string;
}

/** The state to store, and what to tell subscribers. */
export interface ParticipantChange {
  state: ParticipantState;
  events: PublicEvent[];
}

const statuses: Record<string, ParticipantState["status"]> = {
  participant_left: "left",
  participant_connection_aborted: "aborted",
};

/** What a `participant_*` event says. */
export function readParticipant(
  { event, room, participant }: ParticipantEvent,
  { at, eventId }: Moment,
): ParticipantState {
  const status = statuses[event] ?? "joined";
  const ended = status !== "joined";
  return {
    participantSid: participant.sid,
    roomSid: room.sid,
    identity: participant.identity || null,
    kind: participant.kind,
    status,
    joinedAt: participant.joinedAt ?? (ended ? null : at),
    leftAt: ended ? at : null,
    leaveReason: ended ? (participant.disconnectReason ?? "UNKNOWN_REASON") : null,
    endedBy: ended ? "event" : null,
    stateAt: at,
    eventId,
  };
}

/**
 * Decides what a participant's event changes. Whoever left stays gone: coming back makes a new sid. Joining is told
 * once and not after leaving, leaving once. In a room that has ended nobody is left, whatever was not told.
 */
export function changeParticipant(
  current: ParticipantState | null,
  incoming: ParticipantState,
  event: ParticipantEvent,
  roomFinishedAt: Date | null,
): ParticipantChange {
  const joined = joinParticipants(current, incoming);
  const state = joined.endedBy === "event" ? joined : endWithRoom(joined, roomFinishedAt);
  const leaves = incoming.endedBy === "event" && current?.endedBy !== "event";
  const joins = current === null && state.status === "joined";
  if (leaves) return { state, events: [tellLeft(state, event)] };
  return { state, events: joins ? [tellJoined(state, event)] : [] };
}

function joinParticipants(current: ParticipantState | null, incoming: ParticipantState): ParticipantState {
  if (current === null) return incoming;
  const incomingWins = takesPrecedence(positionOf(incoming), positionOf(current));
  const [last, other] = incomingWins ? [incoming, current] : [current, incoming];
  return {
    ...last,
    identity: last.identity ?? other.identity,
    joinedAt: earliest(last.joinedAt, other.joinedAt),
  };
}

// An end concluded from the room's is no word about the participant: it stands only until there is one.
const positionOf = ({ endedBy, stateAt, eventId }: ParticipantState): Position => ({
  finality: endedBy === "event" ? 1 : 0,
  stateAt,
  eventId,
});

const endWithRoom = (state: ParticipantState, finishedAt: Date | null): ParticipantState =>
  finishedAt === null
    ? state
    : { ...state, status: "left", leftAt: finishedAt, leaveReason: null, endedBy: "room" };

const tellJoined = (state: ParticipantState, event: ParticipantEvent): PublicEvent => {
  const joinedAt = state.joinedAt ?? state.stateAt;
  return {
    type: "call.participant_joined",
    subject: state.roomSid,
    occurredAt: joinedAt,
    data: { ...describe(state, event), joined_at: joinedAt.toISOString() },
  };
};

const tellLeft = (state: ParticipantState, event: ParticipantEvent): PublicEvent => {
  const leftAt = state.leftAt ?? state.stateAt;
  return {
    type: "call.participant_left",
    subject: state.roomSid,
    occurredAt: leftAt,
    data: {
      ...describe(state, event),
      left_at: leftAt.toISOString(),
      ...(state.leaveReason === null ? {} : { reason: state.leaveReason }),
    },
  };
};

const describe = (state: ParticipantState, { room }: ParticipantEvent) => ({
  call_id: state.roomSid,
  participant_id: state.participantSid,
  ...(state.identity === null ? {} : { identity: state.identity }),
  ...(room.name ? { room_name: room.name } : {}),
});
