import fc from "fast-check";
import {
  participantEventSchema,
  roomEventSchema,
  trackEventSchema,
} from "../providers/livekit/event-schemas.ts";

export const startSeconds = 1_767_225_600;
export const at = (seconds: number) => new Date((startSeconds + seconds) * 1_000);
export const moment = (seconds: number, eventId = `EV_${seconds}`) => ({ at: at(seconds), eventId });
const room = { sid: "RM_1", name: "appt_789" };

/** Events as the consumers read them; `more` goes into the room, the participant or the track. */
export const roomEvent = (event: string, more: object = {}) =>
  roomEventSchema.parse({ event, room: { ...room, ...more } });
export const participantEvent = (event: string, more: object = {}) =>
  participantEventSchema.parse({ event, room, participant: { sid: "PA_1", identity: "dr_abc", ...more } });
export const trackEvent = (event: string, more: object = {}) =>
  trackEventSchema.parse({ event, room, participant: { sid: "PA_1" }, track: { sid: "TR_1", ...more } });

/** Few distinct seconds and ids, so that ties are common. */
export const momentArbitrary = fc.record({
  at: fc.integer({ min: 0, max: 4 }).map(at),
  eventId: fc.constantFrom("EV_a", "EV_b", "EV_c", "EV_d"),
});

/** A history whose events have ids of their own, and an order to tell it in, with repeats. */
export const historyOf = <Item extends { moment: { eventId: string } }>(item: fc.Arbitrary<Item>) =>
  fc
    .uniqueArray(item, { minLength: 1, maxLength: 8, selector: ({ moment }) => moment.eventId })
    .chain((items) =>
      fc.tuple(
        fc.constant(items),
        fc.shuffledSubarray([...items, ...items], { minLength: items.length * 2 }),
      ),
    );
