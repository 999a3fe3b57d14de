import type { ConsumerHandler } from "@carewire/bus";
import type { TrackEvent } from "../providers/livekit/event-schemas.ts";
import { changeTrack, readTrack } from "../rooms/track-state.ts";
import { findOwnerEnd, findTrack, saveTrack } from "../rooms/track-store.ts";
import { momentOf } from "./moment-of.ts";
import { touchSession } from "./touch-session.ts";

/** Applies `track_*`. Nobody is told: media comes and goes too often to be news. */
export const applyTrackEvent: ConsumerHandler<TrackEvent> = async (tx, envelope, { organizationId }) => {
  const moment = momentOf(envelope);
  await touchSession(tx, organizationId, envelope.payload, moment);
  const incoming = readTrack(envelope.payload, moment);
  const current = await findTrack(tx, organizationId, incoming.trackSid);
  const ownerEnd = await findOwnerEnd(tx, organizationId, incoming);
  await saveTrack(tx, organizationId, changeTrack(current, incoming, ownerEnd));
};
