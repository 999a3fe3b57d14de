import { createFakeClock } from "@carewire/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

test("a burst passes, the next is told when its turn comes, and then passes", () => {
  const clock = createFakeClock(1_000_000);
  const take = createRateLimit({ ratePerSecond: 0.5, burst: 3, clock });
  expect([take(), take(), take()]).toEqual([null, null, null]);
  expect(take()).toBe(2);
  clock.advance(1_000);
  expect(take()).toBe(1);
  clock.advance(1_000);
  expect(take()).toBeNull();
  expect(take()).toBe(2);
});

test("a clock that is set back gives nothing and takes nothing", () => {
  const clock = createFakeClock(1_000_000);
  const take = createRateLimit({ ratePerSecond: 1, burst: 2, clock });
  take();
  clock.advance(-60_000);
  expect(take()).toBeNull();
  expect(take()).toBe(1);
});

test("over any time no more pass than the burst and the rate allow, and who waits as told passes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 }),
      (ratePerSecond, burst, pausesMs) => {
        const clock = createFakeClock(0);
        const take = createRateLimit({ ratePerSecond, burst, clock });
        let passed = 0;
        let wait: number | null = null;
        for (const pauseMs of pausesMs) {
          clock.advance(pauseMs);
          wait = take();
          if (wait === null) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(burst + (clock.now() / 1_000) * ratePerSecond + 1e-6);
        if (wait === null) return;
        clock.advance(wait * 1_000);
        expect(take()).toBeNull();
      },
    ),
  );
});
