import { newId } from "@carewire/envelope";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyCall, type CompletedCall, type Establishment } from "./establishment-state.ts";

const id = newId(Date.UTC(2026, 0, 1));
const dayMs = 86_400_000;
const validDays = 10;

/** A call that ended on a day of January 2026. */
const callOn = (day: number, appointmentId = `appt_${day}`): CompletedCall => ({
  id,
  customerId: "cus_1",
  regionCode: "US-TX",
  establishedAt: new Date(Date.UTC(2026, 0, day)),
  expiresAt: new Date(Date.UTC(2026, 0, day) + validDays * dayMs),
  appointmentId,
  providerId: "dr_1",
});

/** Applies calls in the given order; returns the last state and the words that were told. */
function applyAll(calls: readonly CompletedCall[]) {
  let state: Establishment | null = null;
  const told: string[] = [];
  for (const call of calls) {
    const change = applyCall(state, call);
    state = change.state ?? state;
    told.push(...change.events.map(({ type, occurredAt }) => `${type.slice(25)} ${occurredAt.getUTCDate()}`));
  }
  return { state, told };
}

test("the first call establishes, in the shape of seed 2", () => {
  const { events } = applyCall(null, callOn(4));
  expect(events).toEqual([
    {
      type: "compliance.establishment_fulfilled",
      subject: "cus_1",
      occurredAt: new Date("2026-01-04T00:00:00Z"),
      data: {
        customer_id: "cus_1",
        region_code: "US-TX",
        establishment: {
          id: expect.stringMatching(/^est_/),
          established: true,
          established_at: "2026-01-04T00:00:00.000Z",
          expires_at: "2026-01-14T00:00:00.000Z",
          appointment_id: "appt_4",
          provider_id: "dr_1",
        },
      },
    },
  ]);
});

test.each<[string, CompletedCall[], string[]]>([
  ["the same call again", [callOn(4), callOn(4)], ["fulfilled 4"]],
  ["a later call in time", [callOn(4), callOn(9)], ["fulfilled 4"]],
  ["an earlier call", [callOn(9), callOn(4)], ["fulfilled 9"]],
  ["a call after the lapse", [callOn(1), callOn(11)], ["fulfilled 1", "expired 11", "fulfilled 11"]],
  [
    "a call in the last moment",
    [callOn(1), { ...callOn(11), establishedAt: new Date(callOn(1).expiresAt.getTime() - 1) }],
    ["fulfilled 1"],
  ],
])("%s is told as it should be", (_name, calls, told) => {
  expect(applyAll(calls).told).toEqual(told);
});

test("after a lapse was told, a later call establishes again and an old one does not", () => {
  const lapsed = { ...callOn(4), established: false };
  expect(applyCall(lapsed, callOn(3))).toEqual({ state: null, events: [] });
  expect(applyCall(lapsed, callOn(4))).toEqual({ state: null, events: [] });
  expect(applyCall(lapsed, callOn(4, "appt_5"))).toMatchObject({ state: { established: false }, events: [] });
  expect(applyCall(lapsed, callOn(5))).toMatchObject({
    state: { established: true, id: lapsed.id },
    events: [{ type: "compliance.establishment_fulfilled" }],
  });
});

test("in any order and with repeats the latest call stands, and what is told begins and ends established", () => {
  const calls = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 28 }), fc.constantFrom("a", "b", "c"))
      .map(([day, name]) => callOn(day, name)),
    { minLength: 1, maxLength: 8 },
  );
  const orders = calls.chain((history) => {
    const repeated = [...history, ...history];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.tuple(order, order);
  });
  fc.assert(
    fc.property(orders, ([first, second]) => {
      const [one, other] = [applyAll(first), applyAll(second)];
      expect(other.state).toEqual(one.state);
      for (const { told } of [one, other]) {
        const words = told.map((text) => text.split(" ")[0]);
        expect(words).toEqual(words.map((_word, n) => (n % 2 === 0 ? "fulfilled" : "expired")));
        expect(words.length % 2).toBe(1);
      }
    }),
    { numRuns: 500 },
  );
});
