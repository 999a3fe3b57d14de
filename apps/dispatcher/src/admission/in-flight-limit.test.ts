import fc from "fast-check";
import { expect, test } from "vitest";
import { limitMax, nextLimit, startLimit } from "./in-flight-limit.ts";

test.each([
  ["a good answer while the limit holds it back adds one", 2, true, true, 3],
  ["a good answer while there is room adds nothing", 5, true, false, 5],
  ["a failure halves", 9, false, true, 4],
  ["a failure halves, in use or not", 8, false, false, 4],
  ["a failure leaves one", 1, false, true, 1],
  ["the largest limit stays", limitMax, true, true, limitMax],
])("%s", (_name, limit, succeeded, inUse, expected) => {
  expect(nextLimit(limit, succeeded, inUse)).toBe(expected);
});

test("the limit stays between 1 and its maximum, whatever is answered", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 600 }), (answers) => {
      let limit = startLimit;
      for (const [succeeded, inUse] of answers) limit = nextLimit(limit, succeeded, inUse);
      expect(limit).toBeGreaterThanOrEqual(1);
      expect(limit).toBeLessThanOrEqual(limitMax);
    }),
  );
});

test("eight failures bring any endpoint down to one request at a time", () => {
  let limit = limitMax;
  for (let i = 0; i < 8; i++) limit = nextLimit(limit, false, true);
  expect(limit).toBe(1);
});
