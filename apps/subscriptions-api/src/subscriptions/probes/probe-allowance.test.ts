import { probesPerMinute } from "@carewire/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { takeAllowance } from "./probe-allowance.ts";

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);

/** Asks at these seconds, in order; true where it was allowed. */
function ask(moments: number[]): boolean[] {
  let until: Date | null = null;
  return moments.map((seconds) => {
    const allowance = takeAllowance(until, at(seconds));
    if (allowance.ok) until = allowance.until;
    return allowance.ok;
  });
}

test("ten at once are allowed, the eleventh is told when to come back, and is allowed then", () => {
  let until: Date | null = null;
  for (let n = 0; n < probesPerMinute; n++) {
    const allowance = takeAllowance(until, at(0));
    expect(allowance.ok).toBe(true);
    if (allowance.ok) until = allowance.until;
  }
  expect(takeAllowance(until, at(0))).toEqual({ ok: false, retryAfterSeconds: 6 });
  expect(takeAllowance(until, at(5.9))).toEqual({ ok: false, retryAfterSeconds: 1 });
  expect(takeAllowance(until, at(6)).ok).toBe(true);
});

test("over any stretch of time no more are allowed than ten and one for every six seconds", () => {
  const moments = fc
    .array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 200 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(moments, (seconds) => {
      const allowed = seconds.filter((_, i) => ask(seconds)[i]);
      allowed.forEach((first, i) => {
        allowed.slice(i).forEach((last, n) => {
          expect(n + 1).toBeLessThanOrEqual(probesPerMinute + (last - first) / 6);
        });
      });
    }),
    { numRuns: 50 },
  );
});

test("one every six seconds is always allowed", () => {
  expect(ask(Array.from({ length: 100 }, (_, n) => n * 6))).not.toContain(false);
});
