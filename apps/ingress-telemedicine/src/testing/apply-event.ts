import { type ConsumerHandler, createPublisher, type Vault } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createApplyParticipantEvent } from "../handlers/apply-participant-event.ts";
import { createApplyRoomEvent } from "../handlers/apply-room-event.ts";
import { applyTrackEvent } from "../handlers/apply-track-event.ts";
import {
  participantEventSchema,
  roomEventSchema,
  trackEventSchema,
} from "../providers/livekit/event-schemas.ts";

/** A LiveKit event, as far as delivering it needs to know. */
export interface LiveKitEvent {
  event: string;
  id: string;
  /** Seconds. */
  createdAt: string;
}

const clock = { now: () => Date.now() };
const applyRoomEvent = createApplyRoomEvent({ clock });
const applyParticipantEvent = createApplyParticipantEvent({ clock });

/** A vault that seals nothing, so that tests can read what was published. */
export const openVault: Vault = {
  dataKey: async () => ({
    seal: (_aad, bytes) => Buffer.from(bytes),
    open: (_aad, blob) => Buffer.from(blob),
  }),
};

/** Handles one LiveKit event the way a consumer does: checked, in one transaction with what it publishes. */
export async function applyEvent(sql: Sql, organizationId: string, event: LiveKitEvent): Promise<void> {
  if (event.event.startsWith("room_")) {
    return handle(sql, organizationId, event, applyRoomEvent, roomEventSchema.parse(event));
  }
  if (event.event.startsWith("participant_")) {
    return handle(sql, organizationId, event, applyParticipantEvent, participantEventSchema.parse(event));
  }
  return handle(sql, organizationId, event, applyTrackEvent, trackEventSchema.parse(event));
}

async function handle<Payload>(
  sql: Sql,
  organizationId: string,
  { createdAt }: LiveKitEvent,
  handler: ConsumerHandler<Payload>,
  payload: Payload,
): Promise<void> {
  const publisher = createPublisher({ vault: openVault });
  const id = newId(Date.now());
  const timestamp = new Date(Number(createdAt) * 1_000).toISOString();
  await sql.begin((tx) =>
    handler(
      tx,
      { id, topic: "cari.telemedicine.test", timestamp, source_service: "test", payload },
      {
        organizationId,
        eventId: id,
        deliveryId: id,
        attempt: 1,
        payloadBytes: Buffer.from(JSON.stringify(payload)),
        signal: new AbortController().signal,
        publish: (drafts) => publisher.publish(tx, drafts),
      },
    ),
  );
}
