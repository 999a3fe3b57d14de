import { expect, it } from "vitest";
import { median } from "./median.ts";
import { percentile } from "./percentile.ts";

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

it.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0, 1],
])("the %d share of 1 to 100 does not exceed %d", (share, expected) => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(values, share)).toBe(expected);
});

it("nothing measured is not a number, never zero", () => {
  expect(median([])).toBeNaN();
  expect(percentile([], 0.5)).toBeNaN();
});
