import { type PublicEvent, takesPrecedence } from "@carewire/bus";
import type { RoomEvent } from "../providers/livekit/event-schemas.ts";
import { earliest, type Moment } from "./moment.ts";
import { readRoomMetadata } from "./room-metadata.ts";

/** One row of `telemedicine_sessions`: one life of a room. */
export interface SessionState {
  roomSid: string;
  roomName: string | null;
  status: "active" | "finished";
  /** Null until LiveKit told of the start or the end. */
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Of the newest event applied. */
  stateAt: Date;
  eventId: string;
}

/** The state to store, and what to tell subscribers. */
export interface SessionChange {
  state: SessionState;
  events: PublicEvent[];
}

/** What any event about a room says of the session. */
export function readSession({ event, room }: RoomEvent, { at, eventId }: Moment): SessionState {
  const finished = event === "room_finished";
  const toldStart = finished ? room.creationTime : (room.creationTime ?? at);
  return {
    roomSid: room.sid,
    roomName: room.name || null,
    status: finished ? "finished" : "active",
    startedAt: finished || event === "room_started" ? toldStart : null,
    finishedAt: finished ? at : null,
    stateAt: at,
    eventId,
  };
}

/** Joins two states: order and repeats make no difference. A finished room stays finished. */
export function joinSessions(current: SessionState | null, incoming: SessionState): SessionState {
  if (current === null) return incoming;
  const newest = takesPrecedence({ ...incoming, finality: 0 }, { ...current, finality: 0 })
    ? incoming
    : current;
  const finishedAt = earliest(current.finishedAt, incoming.finishedAt);
  return {
    roomSid: current.roomSid,
    roomName: current.roomName ?? incoming.roomName,
    status: finishedAt === null ? "active" : "finished",
    startedAt: earliest(current.startedAt, incoming.startedAt),
    finishedAt,
    stateAt: newest.stateAt,
    eventId: newest.eventId,
  };
}

/** Decides what a room event changes. A start is told once, and not after the end; an end is told once. */
export function changeSession(
  current: SessionState | null,
  event: RoomEvent,
  moment: Moment,
  participantCount: number,
): SessionChange {
  const incoming = readSession(event, moment);
  const state = joinSessions(current, incoming);
  const finishes = incoming.status === "finished" && current?.status !== "finished";
  const starts = event.event === "room_started" && !current?.startedAt && state.status === "active";
  if (finishes) return { state, events: [tellCompleted(state, event, participantCount)] };
  return { state, events: starts ? [tellStarted(state, event)] : [] };
}

const tellStarted = (state: SessionState, { room }: RoomEvent): PublicEvent => {
  const startedAt = state.startedAt ?? state.stateAt;
  return {
    type: "call.started",
    subject: state.roomSid,
    occurredAt: startedAt,
    data: { ...describeCall(state, room), started_at: startedAt.toISOString() },
  };
};

function tellCompleted(state: SessionState, { room }: RoomEvent, participantCount: number): PublicEvent {
  const { startedAt, stateAt, finishedAt } = state;
  const endedAt = finishedAt ?? stateAt;
  const seconds = startedAt === null ? null : Math.max(0, (endedAt.getTime() - startedAt.getTime()) / 1_000);
  return {
    type: "call.completed",
    subject: state.roomSid,
    occurredAt: endedAt,
    data: {
      ...describeCall(state, room),
      ...(startedAt === null ? {} : { started_at: startedAt.toISOString(), duration_seconds: seconds }),
      finished_at: endedAt.toISOString(),
      participant_count: participantCount,
    },
  };
}

function describeCall({ roomSid, roomName }: SessionState, room: RoomEvent["room"]) {
  const { customerId, appointmentId } = readRoomMetadata(room.metadata);
  return {
    call_id: roomSid,
    // Nothing else of a room that says no customer tells whose call it was; one without a name has only its id.
    customer_id: customerId ?? roomName?.slice(0, 255) ?? roomSid,
    ...(roomName === null ? {} : { room_name: roomName }),
    ...(appointmentId === null ? {} : { appointment_id: appointmentId }),
  };
}
