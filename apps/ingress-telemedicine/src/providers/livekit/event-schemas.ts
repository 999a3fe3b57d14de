import { z } from "zod";

/** PostgreSQL's text holds no NUL. */
const text = z
  .string()
  .max(1_000)
  .refine((value) => !value.includes("\0"), "holds a NUL");
const id = text.min(1).max(255);

/** Seconds since 1970; 64-bit numbers are text in protobuf's JSON, and 0 means nothing was set. */
const seconds = z
  .union([
    z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number),
    z.int().min(0),
  ])
  .refine((value) => value <= 253_402_300_799)
  .optional()
  .transform((value) => (value ? new Date(value * 1_000) : null));

/** A protobuf enum: its name, or its number when LiveKit's JSON writer does not know the name. */
const enumName = z.union([id.max(64), z.int().transform(String)]).optional();

/** Protobuf's JSON leaves out what has its default value, and events about media carry ids and names only. */
const room = z
  .object({
    sid: id,
    name: text.optional(),
    creationTime: seconds,
    metadata: z.string().optional(),
  })
  .loose();
const participant = z.object({ sid: id, identity: text.optional() }).loose();

/** `room_*`. */
export const roomEventSchema = z.object({ event: z.string(), id: text.optional(), room }).loose();

/** `participant_*`. */
export const participantEventSchema = roomEventSchema.extend({
  participant: participant.extend({
    joinedAt: seconds,
    kind: enumName.transform((kind) => kind ?? "STANDARD"),
    disconnectReason: enumName,
  }),
});

/** `track_*`. */
export const trackEventSchema = roomEventSchema.extend({
  participant,
  track: z
    .object({
      sid: id,
      type: enumName.transform((type) => type ?? "AUDIO"),
      source: enumName.transform((source) => source ?? "UNKNOWN"),
    })
    .loose(),
});

export type RoomEvent = z.infer<typeof roomEventSchema>;
export type ParticipantEvent = z.infer<typeof participantEventSchema>;
export type TrackEvent = z.infer<typeof trackEventSchema>;
