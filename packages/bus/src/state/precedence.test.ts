import fc from "fast-check";
import { expect, test } from "vitest";
import { type Position, takesPrecedence } from "./precedence.ts";

const position: fc.Arbitrary<Position> = fc.record({
  finality: fc.integer({ min: 0, max: 2 }),
  stateAt: fc.integer({ min: 0, max: 2 }).map((seconds) => new Date(seconds * 1_000)),
  eventId: fc.constantFrom("evt_a", "evt_b", "evt_c"),
});

const lastStanding = (positions: Position[]): Position | undefined =>
  positions.reduce((standing, next) => (takesPrecedence(next, standing) ? next : standing));

test("the last state standing is the same in any order, and a repeat never replaces itself", () => {
  const histories = fc
    .array(position, { minLength: 1, maxLength: 8 })
    .chain((history) =>
      fc.tuple(fc.constant(history), fc.shuffledSubarray(history, { minLength: history.length })),
    );
  fc.assert(
    fc.property(histories, ([history, shuffled]) => {
      expect(lastStanding(shuffled)).toEqual(lastStanding(history));
      for (const one of history) expect(takesPrecedence(one, one)).toBe(false);
    }),
  );
});

test.each<[string, Partial<Position>, boolean]>([
  ["more final, though earlier", { finality: 2, stateAt: new Date(0) }, true],
  ["less final, though later", { finality: 0, stateAt: new Date(9_000) }, false],
  ["later", { stateAt: new Date(2_000) }, true],
  ["earlier", { stateAt: new Date(0) }, false],
  ["of the same second with a greater id", { eventId: "evt_z" }, true],
  ["of the same second with a smaller id", { eventId: "evt_a" }, false],
])("a state that is %s takes precedence: %s", (_name, change, expected) => {
  const current: Position = { finality: 1, stateAt: new Date(1_000), eventId: "evt_m" };
  expect(takesPrecedence({ ...current, ...change }, current)).toBe(expected);
});
