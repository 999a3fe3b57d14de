import { createFakeClock } from "@carewire/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeadlines } from "./deadlines.ts";

const clock = createFakeClock(0);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  clock.set(0);
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  clock.advance(ms);
  vi.advanceTimersByTime(ms);
}

test("a deadline expires once, not before its time and within one tick of it", () => {
  const deadlines = createDeadlines({ clock, delayMs: 1_000 });
  const expire = vi.fn();
  deadlines.add(expire);
  pass(999);
  expect(expire).not.toHaveBeenCalled();
  pass(21);
  pass(5_000);
  expect(expire).toHaveBeenCalledOnce();
  deadlines.stop();
});

test("a deadline that was called off never expires, and holds on to nothing meanwhile", () => {
  const deadlines = createDeadlines({ clock, delayMs: 1_000 });
  const expire = vi.fn();
  const deadline = deadlines.add(expire);
  deadline.expire = null;
  pass(5_000);
  expect(expire).not.toHaveBeenCalled();
  deadlines.stop();
});

test("one that hangs at the head of the list delays nobody behind it", () => {
  const deadlines = createDeadlines({ clock, delayMs: 1_000 });
  const expired: number[] = [];
  for (let i = 0; i < 5_000; i++) {
    const deadline = deadlines.add(() => expired.push(i));
    if (i % 100 !== 0) deadline.expire = null;
    if (i === 2_500) pass(500);
  }
  pass(520);
  expect(expired).toHaveLength(26);
  pass(500);
  expect(expired).toHaveLength(50);
  deadlines.stop();
});

test("after stop nothing expires any more", () => {
  const deadlines = createDeadlines({ clock, delayMs: 10 });
  const expire = vi.fn();
  deadlines.add(expire);
  deadlines.stop();
  pass(1_000);
  expect(expire).not.toHaveBeenCalled();
});
