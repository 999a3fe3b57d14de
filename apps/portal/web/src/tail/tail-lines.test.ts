import { expect, test } from "vitest";
import { linesMax, type TailLine, withLines } from "./tail-lines.ts";

const line = (key: number): TailLine => ({
  key,
  message: { event: "event", data: { id: `evt_${key}`, type: "a.b", created_at: "", accepted_at: "" } },
});

test("the newest line is the first, and no more are kept than can be looked at", () => {
  const many = Array.from({ length: linesMax }, (_, key) => line(key));
  const lines = withLines(withLines([], many), [line(1_000), line(1_001)]);
  expect(lines).toHaveLength(linesMax);
  expect(lines.slice(0, 3).map(({ key }) => key)).toEqual([1_001, 1_000, linesMax - 1]);
});
