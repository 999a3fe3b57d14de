import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

test("a round after a quiet time begins at once, one too soon waits for the rest of the interval", async () => {
  let nowMs = 0;
  const pace = createPace(5, () => nowMs);
  const begun: string[] = [];
  await pace().then(() => begun.push("first"));
  nowMs = 100;
  await pace().then(() => begun.push("after a quiet time"));
  nowMs = 101;
  const soon = pace().then(() => begun.push("too soon"));
  await new Promise(setImmediate);
  expect(begun).toEqual(["first", "after a quiet time"]);
  await soon;
  expect(begun).toHaveLength(3);
});
