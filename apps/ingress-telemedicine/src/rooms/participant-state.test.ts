import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  at,
  historyOf,
  moment,
  momentArbitrary,
  participantEvent,
  startSeconds,
} from "../testing/room-events.ts";
import { changeParticipant, type ParticipantState, readParticipant } from "./participant-state.ts";

describe("a participant", () => {
  const apply = (
    current: ParticipantState | null,
    event: ReturnType<typeof participantEvent>,
    when: ReturnType<typeof moment>,
    roomFinishedAt: Date | null = null,
  ) => changeParticipant(current, readParticipant(event, when), event, roomFinishedAt);

  test("joins and leaves, each told once", () => {
    const joined = apply(
      null,
      participantEvent("participant_joined", { joinedAt: `${startSeconds}` }),
      moment(1),
    );
    expect(joined.state).toMatchObject({ status: "joined", joinedAt: at(0), leftAt: null, endedBy: null });
    expect(joined.events).toMatchObject([{ type: "call.participant_joined", data: { identity: "dr_abc" } }]);
    expect(apply(joined.state, participantEvent("participant_joined"), moment(2)).events).toEqual([]);
    const left = apply(
      joined.state,
      participantEvent("participant_left", { disconnectReason: "SIGNAL_CLOSE" }),
      moment(9),
    );
    expect(left.state).toMatchObject({
      status: "left",
      joinedAt: at(0),
      leftAt: at(9),
      leaveReason: "SIGNAL_CLOSE",
    });
    expect(left.events).toMatchObject([{ type: "call.participant_left", data: { reason: "SIGNAL_CLOSE" } }]);
    expect(apply(left.state, participantEvent("participant_left"), moment(10)).events).toEqual([]);
  });

  test("who left before joining arrived stays gone, and joining is not told", () => {
    const left = apply(null, participantEvent("participant_left"), moment(9));
    const late = apply(left.state, participantEvent("participant_joined"), moment(1));
    expect(late.state).toMatchObject({ status: "left", joinedAt: at(1), leftAt: at(9) });
    expect(late.events).toEqual([]);
  });

  test("of a room that has ended is gone with it, until its own end is told", () => {
    const late = apply(null, participantEvent("participant_joined"), moment(1), at(20));
    expect(late.state).toMatchObject({ status: "left", leftAt: at(20), endedBy: "room", leaveReason: null });
    expect(late.events).toEqual([]);
    const told = apply(late.state, participantEvent("participant_left"), moment(15), at(20));
    expect(told.state).toMatchObject({ status: "left", leftAt: at(15), endedBy: "event" });
    expect(told.events).toHaveLength(1);
  });

  test("whose connection never stood is aborted", () => {
    const aborted = apply(null, participantEvent("participant_connection_aborted"), moment(1));
    expect(aborted.state).toMatchObject({ status: "aborted", leaveReason: "UNKNOWN_REASON" });
  });

  test("keeps what one event knew and another left out; unknown enum numbers are kept as they are", () => {
    const joined = apply(null, participantEvent("participant_joined", { kind: 99 }), moment(1)).state;
    expect(joined.kind).toBe("99");
    const left = apply(
      joined,
      participantEvent("participant_left", { identity: undefined }),
      moment(2),
    ).state;
    expect(left).toMatchObject({ identity: "dr_abc", kind: "STANDARD" });
  });

  test("ends in the same state whatever order and repeats its events come in, each fact told once at most", () => {
    const event = fc.record({
      name: fc.constantFrom("participant_joined", "participant_left", "participant_connection_aborted"),
      joinedAt: fc.option(fc.constantFrom(`${startSeconds}`, `${startSeconds + 1}`), { nil: undefined }),
      moment: momentArbitrary,
    });
    const run = (
      events: { name: string; joinedAt: string | undefined; moment: ReturnType<typeof moment> }[],
      finishedAt: Date | null,
    ) => {
      let state: ParticipantState | null = null;
      const told: string[] = [];
      for (const { name, joinedAt, moment } of events) {
        const change = apply(state, participantEvent(name, { joinedAt }), moment, finishedAt);
        state = change.state;
        told.push(...change.events.map(({ type }) => type));
      }
      return { state, told };
    };
    const history = historyOf(event);
    fc.assert(
      fc.property(history, fc.option(fc.constant(at(3))), ([events, shuffled], finishedAt) => {
        const one = run(events, finishedAt);
        const other = run(shuffled, finishedAt);
        expect(other.state).toEqual(one.state);
        for (const { told } of [one, other]) {
          expect(told.length).toBe(new Set(told).size);
          const ended = events.some(({ name }) => name !== "participant_joined");
          expect(told.includes("call.participant_left")).toBe(ended);
        }
      }),
    );
  });
});
