import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRetryAfterMs, retryDelayMs } from "./retry-delay.ts";

const policy = { triesMax: 9, backoffMs: 100, backoffMsMax: 1_000, retryAfterMsMax: 5_000 };
const nowMs = Date.parse("2026-11-21T10:00:00Z");

test("a wait is anything up to a bound that doubles, never before what Retry-After asks for", () => {
  const retryAfter = fc.option(fc.integer({ min: 0, max: 10_000 }));
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), retryAfter, random, (retry, askedMs, chance) => {
      const waitMs = retryDelayMs(retry, askedMs, policy, chance);
      if (askedMs !== null && askedMs > 5_000) {
        expect(waitMs).toBeNull();
        return;
      }
      expect(waitMs).toBeGreaterThanOrEqual(askedMs ?? 0);
      const boundMs = Math.min(1_000, 100 * 2 ** (retry - 1));
      expect(waitMs).toBeLessThanOrEqual((askedMs ?? 0) + boundMs);
    }),
  );
});

test("the whole range is used", () => {
  expect([0, 0.5, 0.999].map((chance) => retryDelayMs(2, null, policy, chance))).toEqual([0, 100, 200]);
});

test.each([
  [null, null],
  ["", null],
  ["soon", null],
  ["-1", null],
  ["1.5", null],
  ["0", 0],
  [" 120 ", 120_000],
  ["Sat, 21 Nov 2026 10:00:30 GMT", 30_000],
  ["Saturday, 21-Nov-26 10:00:30 GMT", 30_000],
  ["Sat, 21 Nov 2026 09:00:00 GMT", 0],
  ["Sat, 99 Nov 2026 10:00:30 GMT", null],
  ["2026-11-21T10:00:30Z", null],
])("Retry-After %j asks for %s ms", (value, ms) => {
  expect(parseRetryAfterMs(value, nowMs)).toBe(ms);
});
