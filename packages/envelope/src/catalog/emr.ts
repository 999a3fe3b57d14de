import { z } from "zod";
import { defineTopic } from "./define.ts";
import { momentOfOurTime, storableId } from "./fields.ts";

/** Seed 2, "EMR Video Call Completion". */
export const videoCallCompletedPayload = z.looseObject({
  event: z.literal("video_call.completed"),
  /** Our customer's id, as the EMR was given it. */
  patient_external_id: storableId,
  appointment_id: storableId,
  provider_id: storableId.optional(),
  call_duration_minutes: z.number().nonnegative().optional(),
  completed_at: momentOfOurTime,
});

export type VideoCallCompletedPayload = z.infer<typeof videoCallCompletedPayload>;

export const emrTopics = [
  defineTopic({
    topic: "cari.emr.video_call_completed",
    description: "A patient and a provider finished a video call.",
    schema: videoCallCompletedPayload,
    sample: {
      event: "video_call.completed",
      patient_external_id: "cus_xyz",
      appointment_id: "appt_789",
      provider_id: "dr_abc",
      call_duration_minutes: 15,
      completed_at: "2026-01-04T22:30:00Z",
    },
  }),
] as const;
