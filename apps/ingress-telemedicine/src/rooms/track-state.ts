import { type Position, takesPrecedence } from "@carewire/bus";
import type { TrackEvent } from "../providers/livekit/event-schemas.ts";
import { earliest, type Moment } from "./moment.ts";

/** One row of `telemedicine_tracks`. */
export interface TrackState {
  trackSid: string;
  roomSid: string;
  participantSid: string;
  kind: string | null;
  source: string | null;
  status: "published" | "unpublished";
  publishedAt: Date | null;
  unpublishedAt: Date | null;
  /** How the end is known: LiveKit told it, its participant left, or the room ended. */
  endedBy: "event" | "participant" | "room" | null;
  stateAt: Date;
  eventId: string;
}

/** The end of what a track belongs to. */
export interface TrackOwnerEnd {
  by: "participant" | "room";
  at: Date;
}

/** What a `track_*` event says. */
export function readTrack(
  { event, room, participant, track }: TrackEvent,
  { at, eventId }: Moment,
): TrackState {
  const ended = event === "track_unpublished";
  return {
    trackSid: track.sid,
    roomSid: room.sid,
    participantSid: participant.sid,
    kind: track.type,
    source: track.source,
    status: ended ? "unpublished" : "published",
    publishedAt: ended ? null : at,
    unpublishedAt: ended ? at : null,
    endedBy: ended ? "event" : null,
    stateAt: at,
    eventId,
  };
}

/** The state to store. An end that was told stands; a track without one ends with what it belongs to. */
export function changeTrack(
  current: TrackState | null,
  incoming: TrackState,
  ownerEnd: TrackOwnerEnd | null,
): TrackState {
  const joined = joinTracks(current, incoming);
  if (joined.endedBy === "event" || ownerEnd === null) return joined;
  return { ...joined, status: "unpublished", unpublishedAt: ownerEnd.at, endedBy: ownerEnd.by };
}

function joinTracks(current: TrackState | null, incoming: TrackState): TrackState {
  if (current === null) return incoming;
  const incomingWins = takesPrecedence(positionOf(incoming), positionOf(current));
  const [last, other] = incomingWins ? [incoming, current] : [current, incoming];
  return { ...last, publishedAt: earliest(last.publishedAt, other.publishedAt) };
}

const positionOf = ({ endedBy, stateAt, eventId }: TrackState): Position => ({
  finality: endedBy === "event" ? 1 : 0,
  stateAt,
  eventId,
});
