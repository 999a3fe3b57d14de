import { z } from "zod";
import { defineEventType, defineTopic } from "./define.ts";
import { foreignId, moment } from "./fields.ts";

/**
 * A LiveKit event as LiveKit sent it. Only what every event about a room has is required: protobuf's JSON leaves out
 * what has its default value.
 * @see https://docs.livekit.io/home/server/webhooks/
 */
const liveKitEventPayload = z.looseObject({
  event: z.string().min(1).max(64),
  room: z.looseObject({ sid: foreignId }),
});

/** The topic a LiveKit event travels under: `room_started` becomes `cari.telemedicine.livekit_room_started`. */
export const liveKitTopic = <Event extends string>(event: Event) =>
  `cari.telemedicine.livekit_${event}` as const;

const room = { sid: "RM_nHPUfmxXrHry", name: "appt_789", creationTime: "1767225500" };
const participant = { sid: "PA_eU7nwP2s3FcN", identity: "dr_abc" };
const track = { sid: "TR_camera", type: "VIDEO", source: "CAMERA" };

const liveKitEntry = <Event extends string>(event: Event, description: string, objects: object) =>
  defineTopic({
    topic: liveKitTopic(event),
    description,
    schema: liveKitEventPayload,
    // 2026-01-01T00:00:00Z, so that samples never change. Numbers of 64 bits are text in protobuf's JSON.
    sample: { event, id: "EV_jT6Y4xyzXsjM", createdAt: "1767225600", room, ...objects },
  });

export const telemedicineTopics = [
  liveKitEntry("room_started", "A video room was created.", {}),
  liveKitEntry("room_finished", "A video room ended.", {}),
  liveKitEntry("participant_joined", "A participant entered the room.", {
    participant: { ...participant, joinedAt: "1767225600" },
  }),
  liveKitEntry("participant_left", "A participant left the room.", {
    participant: { ...participant, joinedAt: "1767225500", disconnectReason: "CLIENT_INITIATED" },
  }),
  liveKitEntry("participant_connection_aborted", "A participant's connection was lost before it stood.", {
    participant: { ...participant, disconnectReason: "JOIN_FAILURE" },
  }),
  liveKitEntry("track_published", "A media track was published.", { participant, track }),
  liveKitEntry("track_unpublished", "A media track ended.", { participant, track }),
] as const;

const callShape = {
  call_id: foreignId,
  customer_id: foreignId,
  room_name: z.string().max(1_000).optional(),
  appointment_id: foreignId.optional(),
};
const participantShape = {
  call_id: foreignId,
  participant_id: foreignId,
  identity: z.string().max(1_000).optional(),
  room_name: z.string().max(1_000).optional(),
};

const call = { call_id: room.sid, customer_id: "cus_xyz", room_name: room.name, appointment_id: "appt_789" };
const member = {
  call_id: room.sid,
  participant_id: participant.sid,
  identity: participant.identity,
  room_name: room.name,
};

/** What a video visit tells besides `call.completed`, which seed 4 defines. */
export const telemedicineEventTypes = [
  defineEventType({
    type: "call.started",
    domain: "Calls",
    description: "a call's room was opened",
    schema: z.looseObject({ ...callShape, started_at: moment }),
    example: { ...call, started_at: "2026-01-01T00:00:00Z" },
  }),
  defineEventType({
    type: "call.participant_joined",
    domain: "Calls",
    description: "somebody entered a call",
    schema: z.looseObject({ ...participantShape, joined_at: moment }),
    example: { ...member, joined_at: "2026-01-01T00:00:05Z" },
  }),
  defineEventType({
    type: "call.participant_left",
    domain: "Calls",
    description: "somebody left a call",
    schema: z.looseObject({ ...participantShape, left_at: moment, reason: z.string().max(64).optional() }),
    example: { ...member, left_at: "2026-01-01T00:15:00Z", reason: "CLIENT_INITIATED" },
  }),
] as const;
