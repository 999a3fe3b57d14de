import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRetryScheduleMs, retryDelayMs } from "./retry-schedule.ts";

test("the default schedule is 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h", () => {
  const minutes = defaultRetryScheduleMs.map((delayMs) => delayMs / 60_000);
  expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 600]);
});

test("a delay stays within ±20 % of its step, whatever the dice say", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 12 }),
      fc.nat(20),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (scheduleMs, step, random) => {
        const base = scheduleMs[Math.min(step, scheduleMs.length - 1)] ?? 0;
        const delayMs = retryDelayMs(scheduleMs, step, random);
        expect(delayMs).toBeGreaterThanOrEqual(Math.round(base * 0.8));
        expect(delayMs).toBeLessThanOrEqual(Math.round(base * 1.2));
      },
    ),
  );
});

test("steps past the end repeat the last delay", () => {
  expect(retryDelayMs([10, 20], 5, 0.5)).toBe(20);
});

test("an empty schedule retries at once", () => {
  expect(retryDelayMs([], 0, 0.9)).toBe(0);
});
