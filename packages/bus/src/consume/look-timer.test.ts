import { createFakeClock } from "@carewire/testkit";
import { expect, test } from "vitest";
import { createLookTimer } from "./look-timer.ts";

test("sleeps until the next poll, moved by half of itself at most", () => {
  const clock = createFakeClock(1_000);
  for (const [random, expected] of [
    [0, 500],
    [0.5, 1_000],
    [0.999, 1_499],
  ] as const) {
    expect(createLookTimer({ clock, random: () => random, pollMs: 1_000 }).sleepMs()).toBeCloseTo(expected);
  }
});

test("wakes for every retry when it is due, and leaves far ones to polling", () => {
  const clock = createFakeClock(1_000);
  const timer = createLookTimer({ clock, random: () => 0.5, pollMs: 3_600_000 });
  expect(timer.retryIn(600)).toBe(true);
  expect(timer.retryIn(200)).toBe(true);
  expect(timer.retryIn(400)).toBe(false);
  expect(timer.retryIn(60_001)).toBe(false);
  clock.advance(50);
  for (const untilNextMs of [150, 200, 200]) {
    expect(timer.sleepMs()).toBe(untilNextMs);
    clock.advance(untilNextMs);
    expect(timer.sleepMs()).toBe(0);
  }
  expect(timer.sleepMs()).toBe(3_600_000);
});

test("retries that are due at about the same time share a look, after the last of them", () => {
  const clock = createFakeClock(1_000);
  const timer = createLookTimer({ clock, random: () => 0.5, pollMs: 1_000 });
  expect(timer.retryIn(201)).toBe(true);
  expect(timer.retryIn(209)).toBe(false);
  expect(timer.sleepMs()).toBe(210);
  clock.advance(210);
  expect(timer.sleepMs()).toBe(0);
  expect(timer.sleepMs()).toBe(1_000);
});

test("a retry that comes up while an earlier one is still remembered is not forgotten with it", () => {
  const clock = createFakeClock(1_000);
  const timer = createLookTimer({ clock, random: () => 0.5, pollMs: 3_600_000 });
  timer.retryIn(50);
  clock.advance(49);
  // Something else led to a look, which found the first one due a little early; its next attempt failed at once.
  expect(timer.retryIn(5)).toBe(false);
  clock.advance(1);
  expect(timer.sleepMs()).toBe(0);
  expect(timer.sleepMs()).toBe(10);
});

test("a sleep that something else ended early does not forget the retry", () => {
  const clock = createFakeClock(1_000);
  const timer = createLookTimer({ clock, random: () => 0.5, pollMs: 3_600_000 });
  timer.retryIn(200);
  expect(timer.sleepMs()).toBe(200);
  clock.advance(20);
  expect(timer.sleepMs()).toBe(180);
});

test("retries that are overdue are looked for at once, all with one look", () => {
  const clock = createFakeClock(1_000);
  const timer = createLookTimer({ clock, random: () => 0.5, pollMs: 1_000 });
  for (const delayMs of [100, 200, 300, 20_000]) timer.retryIn(delayMs);
  clock.advance(10_000);
  expect(timer.sleepMs()).toBe(0);
  expect(timer.sleepMs()).toBe(1_000);
  clock.advance(9_500);
  expect(timer.sleepMs()).toBe(500);
});
