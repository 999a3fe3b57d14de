import { liveKitTopic } from "@carewire/envelope";

/** The LiveKit events whose effects we apply, by the state they change. */
export const roomEvents = ["room_started", "room_finished"] as const;
export const participantEvents = [
  "participant_joined",
  "participant_left",
  "participant_connection_aborted",
] as const;
export const trackEvents = ["track_published", "track_unpublished"] as const;

/** Every other event (egress, ingress, agents, and what LiveKit adds): recorded, handled by nobody. */
export const recordedTopic = "cari.telemedicine.livekit_event_received";

const handledTopics: ReadonlyMap<string, string> = new Map(
  [...roomEvents, ...participantEvents, ...trackEvents].map((event) => [event, liveKitTopic(event)]),
);

/** The topic of an event: its own, or the one of those that are only recorded. */
export const topicOf = (event: string): string => handledTopics.get(event) ?? recordedTopic;
