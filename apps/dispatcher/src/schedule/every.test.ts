import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { every } from "./every.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a task runs once per interval until it is stopped", async () => {
  const task = vi.fn();
  const timer = every(100, task);
  await vi.advanceTimersByTimeAsync(350);
  expect(task).toHaveBeenCalledTimes(3);
  timer.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(task).toHaveBeenCalledTimes(3);
});

test("a task that takes longer than the interval never runs twice at the same time", async () => {
  let running = 0;
  let runs = 0;
  const timer = every(100, async () => {
    runs++;
    running++;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 250));
    running--;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(4);
  timer.stop();
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
])("a task that %s is reported and runs again", async (_name, task) => {
  const onError = vi.fn();
  const timer = every(100, task, onError);
  await vi.advanceTimersByTimeAsync(250);
  expect(onError).toHaveBeenCalledTimes(2);
  timer.stop();
});
