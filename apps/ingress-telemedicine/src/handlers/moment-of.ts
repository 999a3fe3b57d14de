import type { ConsumedEnvelope } from "@carewire/bus";
import type { Moment } from "../rooms/moment.ts";

/** When LiveKit says the event happened, and its id; the envelope knows both also when the event does not. */
export const momentOf = ({
  id,
  timestamp,
  payload,
}: ConsumedEnvelope<{ id?: string | undefined }>): Moment => ({
  at: new Date(timestamp),
  eventId: payload.id || id,
});
