import { expect, test } from "vitest";
import { isSameAmount } from "./same-amount.ts";

test.each<[string, unknown, boolean]>([
  ["5000", "5000", true],
  ["5000", 5_000, true],
  ["5000", "5000.00", true],
  ["50.5", "50.50", true],
  ["50", "0050", true],
  ["5000", "500", false],
  ["5000", "50.00", false],
  ["5000", "5e3", false],
  ["5000", "5,000", false],
  ["5000", " 5000", false],
  ["5000", "-5000", false],
  ["5000", "5000.001", false],
  ["5000", null, false],
  ["5000", ["5000"], false],
  ["5000", Number.NaN, false],
])("%s and %j are the same amount: %s", (ours, theirs, expected) => {
  expect(isSameAmount(ours, theirs)).toBe(expected);
});
