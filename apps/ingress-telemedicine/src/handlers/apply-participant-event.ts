import { type ConsumerHandler, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import type { ParticipantEvent } from "../providers/livekit/event-schemas.ts";
import { changeParticipant, readParticipant } from "../rooms/participant-state.ts";
import { findParticipant, saveParticipant } from "../rooms/participant-store.ts";
import { endTracksOfParticipant } from "../rooms/track-store.ts";
import { momentOf } from "./moment-of.ts";
import { sourceService } from "./source-service.ts";
import { touchSession } from "./touch-session.ts";

/** Applies `participant_*`; tells `call.participant_joined` and `call.participant_left`. */
export function createApplyParticipantEvent({ clock }: { clock: Clock }): ConsumerHandler<ParticipantEvent> {
  return async (tx, envelope, { organizationId, publish }) => {
    const event = envelope.payload;
    const moment = momentOf(envelope);
    const { finishedAt } = await touchSession(tx, organizationId, event, moment);
    const current = await findParticipant(tx, organizationId, event.participant.sid);
    const incoming = readParticipant(event, moment);
    const { state, events } = changeParticipant(current, incoming, event, finishedAt);
    await saveParticipant(tx, organizationId, state);
    if (state.endedBy === "event" && state.leftAt) {
      await endTracksOfParticipant(tx, organizationId, { ...state, leftAt: state.leftAt });
    }
    await publish(toDrafts({ clock, sourceService }, organizationId, events));
  };
}
