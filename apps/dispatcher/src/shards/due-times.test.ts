import { createFakeClock } from "@carewire/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDueTimes } from "./due-times.ts";

test("a shard is due after its delay, never before, and only once", () => {
  fc.assert(
    fc.property(fc.nat(60_000), fc.nat(1_000), (delayMs, startMs) => {
      const clock = createFakeClock(startMs);
      const dueTimes = createDueTimes({ clock });
      dueTimes.add(7, delayMs);
      clock.advance(Math.max(0, delayMs - 1));
      expect(dueTimes.takeDue()).toEqual([]);
      clock.advance(151);
      expect(dueTimes.takeDue()).toEqual([7]);
      clock.advance(100_000);
      expect(dueTimes.takeDue()).toEqual([]);
    }),
  );
});

test("many alarms of one moment are one look per shard", () => {
  const clock = createFakeClock(0);
  const dueTimes = createDueTimes({ clock });
  for (let i = 0; i < 1_000; i++) dueTimes.add(i % 3, 500);
  clock.advance(700);
  expect(dueTimes.takeDue().sort()).toEqual([0, 1, 2]);
});

test("delays of more than a minute are left to the sweep", () => {
  const clock = createFakeClock(0);
  const dueTimes = createDueTimes({ clock });
  dueTimes.add(1, 60_001);
  clock.advance(120_000);
  expect(dueTimes.takeDue()).toEqual([]);
});

test("an alarm set after the clock went back is met all the same", () => {
  const clock = createFakeClock(1_000_000);
  const dueTimes = createDueTimes({ clock });
  clock.set(500_000);
  dueTimes.add(4, 10);
  clock.set(1_000_100);
  expect(dueTimes.takeDue()).toEqual([4]);
});
