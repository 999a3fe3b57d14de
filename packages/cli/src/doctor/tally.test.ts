import { expect, test } from "vitest";
import { tallyOf } from "./tally.ts";

const ids = ["a", "b", "c", "d"];
const all = new Map(ids.map((id) => [id, "delivered"]));

test("events that are delivered, and were taken by the receiver, are accounted for", () => {
  expect(tallyOf({ ids, states: all, taken: new Set(ids) })).toEqual({
    ...{ published: 4, delivered: 4, waiting: 0, failed: 0, unaccounted: 0, unknown: 0 },
  });
});

test("what waits or failed is in a state: it is not unaccounted", () => {
  const states = new Map([
    ["a", "retrying"],
    ["b", "held"],
    ["c", "failed"],
    ["d", "cancelled"],
  ]);
  expect(tallyOf({ ids, states, taken: new Set() })).toMatchObject({ waiting: 2, failed: 2, unaccounted: 0 });
});

test("an event of which no delivery is known is unaccounted", () => {
  const states = new Map([...all].slice(1));
  expect(tallyOf({ ids, states, taken: new Set(ids) })).toMatchObject({ delivered: 3, unaccounted: 1 });
});

test("a delivery that is said to be delivered, and that the receiver never took, is unaccounted", () => {
  const taken = new Set(["a", "b", "c"]);
  expect(tallyOf({ ids, states: all, taken })).toMatchObject({ delivered: 3, unaccounted: 1 });
});

test("what the receiver took and nobody acknowledged is told", () => {
  expect(tallyOf({ ids, states: all, taken: new Set([...ids, "e"]) })).toMatchObject({ unknown: 1 });
});
