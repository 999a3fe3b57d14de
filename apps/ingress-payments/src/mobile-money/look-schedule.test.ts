import fc from "fast-check";
import { expect, test } from "vitest";
import { lookingEndsMs, nextLookAtMs } from "./look-schedule.ts";

const startedAtMs = Date.UTC(2026, 0, 1);

/** Every look at a payment that never settles, seconds after its start. */
function looksOf(): number[] {
  const looks: number[] = [];
  for (let at = nextLookAtMs(startedAtMs, startedAtMs); at !== null; at = nextLookAtMs(startedAtMs, at)) {
    looks.push((at - startedAtMs) / 1_000);
  }
  return looks;
}

test("a payment is looked at after 15 s, 30 s, 1, 2, 5, 10 and 20 minutes, then every hour for a day", () => {
  const hours = Array.from({ length: 24 }, (_, i) => (i + 1) * 3_600);
  expect(looksOf()).toEqual([15, 30, 60, 120, 300, 600, 1_200, ...hours]);
});

test("the next look is later than now, within an hour, and never after the end", () => {
  fc.assert(
    fc.property(fc.integer({ min: -60_000, max: lookingEndsMs * 2 }), (elapsedMs) => {
      const nowMs = startedAtMs + elapsedMs;
      const next = nextLookAtMs(startedAtMs, nowMs);
      if (next === null) {
        expect(elapsedMs).toBeGreaterThanOrEqual(lookingEndsMs);
        return;
      }
      expect(next).toBeGreaterThan(nowMs);
      expect(next - Math.max(nowMs, startedAtMs)).toBeLessThanOrEqual(3_600_000);
      expect(next - startedAtMs).toBeLessThanOrEqual(lookingEndsMs);
    }),
  );
});
