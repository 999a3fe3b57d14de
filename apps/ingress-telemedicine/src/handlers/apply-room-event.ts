import { type ConsumerHandler, lockObject, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import type { RoomEvent } from "../providers/livekit/event-schemas.ts";
import { endParticipants } from "../rooms/participant-store.ts";
import { changeSession } from "../rooms/session-state.ts";
import { countPeople, findSession, saveSession } from "../rooms/session-store.ts";
import { endTracksOfRoom } from "../rooms/track-store.ts";
import { momentOf } from "./moment-of.ts";
import { sourceService } from "./source-service.ts";

/** Applies `room_started` and `room_finished`; tells `call.started` and `call.completed`. */
export function createApplyRoomEvent({ clock }: { clock: Clock }): ConsumerHandler<RoomEvent> {
  return async (tx, envelope, { organizationId, publish }) => {
    const { sid } = envelope.payload.room;
    await lockObject(tx, organizationId, sid);
    const current = await findSession(tx, organizationId, sid);
    const people = await countPeople(tx, organizationId, sid);
    const { state, events } = changeSession(current, envelope.payload, momentOf(envelope), people);
    await saveSession(tx, organizationId, state);
    if (state.finishedAt) {
      await endParticipants(tx, organizationId, sid, state.finishedAt);
      await endTracksOfRoom(tx, organizationId, sid, state.finishedAt);
    }
    await publish(toDrafts({ clock, sourceService }, organizationId, events));
  };
}
