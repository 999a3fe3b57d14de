import { type Consumption, consume } from "@carewire/bus";
import { liveKitTopic } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import type { z } from "zod";
import { createApplyParticipantEvent } from "./handlers/apply-participant-event.ts";
import { createApplyRoomEvent } from "./handlers/apply-room-event.ts";
import { applyTrackEvent } from "./handlers/apply-track-event.ts";
import {
  participantEventSchema,
  roomEventSchema,
  trackEventSchema,
} from "./providers/livekit/event-schemas.ts";
import { participantEvents, roomEvents, trackEvents } from "./providers/livekit/livekit-topics.ts";

/** Starts this family's consumers; each runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions): Consumption[] {
  return [
    consume({
      ...shared,
      ...topicsOf(roomEvents, roomEventSchema),
      consumer: "ingress-telemedicine.apply-room-event",
      handler: createApplyRoomEvent(shared),
    }),
    consume({
      ...shared,
      ...topicsOf(participantEvents, participantEventSchema),
      consumer: "ingress-telemedicine.apply-participant-event",
      handler: createApplyParticipantEvent(shared),
    }),
    consume({
      ...shared,
      ...topicsOf(trackEvents, trackEventSchema),
      consumer: "ingress-telemedicine.apply-track-event",
      handler: applyTrackEvent,
    }),
  ];
}

function topicsOf<Payload>(events: readonly string[], schema: z.ZodType<Payload>) {
  const topics = events.map((event) => liveKitTopic(event));
  return { topics, schemas: new Map(topics.map((topic) => [topic as string, schema])) };
}
