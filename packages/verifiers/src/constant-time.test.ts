import { expect, test } from "vitest";
import { equalInConstantTime } from "./constant-time.ts";

test.each([
  ["the same bytes", [1, 2, 3], [1, 2, 3], true],
  ["another last byte", [1, 2, 3], [1, 2, 4], false],
  ["a longer right side", [1, 2, 3], [1, 2, 3, 0], false],
  ["nothing against something", [], [1], false],
  ["nothing on both sides", [], [], true],
])("compares %s without throwing", (_name, left, right, equal) => {
  expect(equalInConstantTime(Uint8Array.from(left), Uint8Array.from(right))).toBe(equal);
});
