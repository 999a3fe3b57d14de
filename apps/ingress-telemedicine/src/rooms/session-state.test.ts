import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  at,
  historyOf,
  moment,
  momentArbitrary,
  participantEvent,
  roomEvent,
  startSeconds,
} from "../testing/room-events.ts";
import { changeSession, joinSessions, readSession, type SessionState } from "./session-state.ts";

describe("a session", () => {
  const change = (
    current: SessionState | null,
    event: ReturnType<typeof roomEvent>,
    seconds: number,
    people = 2,
  ) => changeSession(current, event, moment(seconds), people);

  test("starts when its room was created, and that is told once", () => {
    const first = change(null, roomEvent("room_started", { creationTime: `${startSeconds - 5}` }), 0);
    expect(first.state).toMatchObject({ status: "active", startedAt: at(-5), finishedAt: null });
    expect(first.events).toEqual([
      {
        type: "call.started",
        subject: "RM_1",
        occurredAt: at(-5),
        data: {
          call_id: "RM_1",
          customer_id: "appt_789",
          room_name: "appt_789",
          started_at: at(-5).toISOString(),
        },
      },
    ]);
    expect(change(first.state, roomEvent("room_started"), 1).events).toEqual([]);
  });

  test("ends once, and says whose call it was, how long, and how many took part", () => {
    const metadata = JSON.stringify({ customer_id: "cus_xyz", appointment_id: "appt_789" });
    const started = change(null, roomEvent("room_started"), 0).state;
    const finished = change(started, roomEvent("room_finished", { metadata }), 900);
    expect(finished.state).toMatchObject({ status: "finished", startedAt: at(0), finishedAt: at(900) });
    expect(finished.events).toMatchObject([
      {
        type: "call.completed",
        data: {
          call_id: "RM_1",
          customer_id: "cus_xyz",
          appointment_id: "appt_789",
          duration_seconds: 900,
          participant_count: 2,
        },
      },
    ]);
    expect(change(finished.state, roomEvent("room_finished"), 901).events).toEqual([]);
  });

  test("that is heard of after its end stays finished, and its start is not told any more", () => {
    const finished = change(null, roomEvent("room_finished"), 900);
    expect(finished.events).toHaveLength(1);
    expect(finished.events[0]?.data).not.toHaveProperty("duration_seconds");
    const late = change(finished.state, roomEvent("room_started"), 0);
    expect(late.events).toEqual([]);
    expect(late.state).toMatchObject({ status: "finished", startedAt: at(0), finishedAt: at(900) });
  });

  test("is there as soon as anything tells of its room, and its start is still told when it comes", () => {
    const touched = readSession(participantEvent("participant_joined"), moment(3));
    expect(touched).toMatchObject({ status: "active", startedAt: null, roomName: "appt_789" });
    const started = change(touched, roomEvent("room_started"), 0);
    expect(started.events.map(({ type }) => type)).toEqual(["call.started"]);
  });

  test("ends in the same state whatever order and repeats its events come in", () => {
    const event = fc.record({
      name: fc.constantFrom("room_started", "room_finished", "participant_joined", "track_published"),
      creationTime: fc.option(fc.constantFrom(`${startSeconds - 1}`, `${startSeconds}`), { nil: undefined }),
      moment: momentArbitrary,
    });
    const apply = (
      events: { name: string; creationTime: string | undefined; moment: ReturnType<typeof moment> }[],
    ) =>
      events.reduce<SessionState | null>(
        (state, { name, creationTime, moment }) =>
          joinSessions(state, readSession(roomEvent(name, { creationTime }), moment)),
        null,
      );
    fc.assert(
      fc.property(historyOf(event), ([events, shuffled]) => {
        expect(apply(shuffled)).toEqual(apply(events));
      }),
    );
  });
});
