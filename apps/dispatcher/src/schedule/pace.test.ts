import { expect, onTestFinished, test, vi } from "vitest";
import { createPace } from "./pace.ts";

test("a round after a quiet time begins at once, one too soon waits for the rest of the interval", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let nowMs = 0;
  const pace = createPace(5, () => nowMs);
  const begun: string[] = [];
  await pace().then(() => begun.push("first"));
  nowMs = 100;
  await pace().then(() => begun.push("after a quiet time"));
  nowMs = 101;
  const soon = pace().then(() => begun.push("too soon"));
  await vi.advanceTimersByTimeAsync(3);
  expect(begun).toEqual(["first", "after a quiet time"]);
  await vi.advanceTimersByTimeAsync(1);
  await soon;
  expect(begun).toHaveLength(3);
});
