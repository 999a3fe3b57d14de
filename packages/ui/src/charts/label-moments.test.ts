import { describe, expect, it } from "vitest";
import { labelMoments } from "./label-moments.ts";

const secondMs = 1_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// In whatever time zone the tests run.
const noon = new Date(2026, 10, 22, 12).getTime();

const labelsOf = (stepMs: number, count: number) =>
  labelMoments(Array.from({ length: count }, (_, n) => noon + n * stepMs));

describe("moments of a chart", () => {
  it.each([
    ["seconds", 15 * secondMs, 3, ["12:00:00", "12:00:15", "12:00:30"]],
    ["hours", hourMs, 3, ["12:00", "13:00", "14:00"]],
    ["half days", 12 * hourMs, 4, ["22 Nov, 12:00", "23 Nov, 00:00", "23 Nov, 12:00", "24 Nov, 00:00"]],
    ["days", dayMs, 2, ["22 Nov", "23 Nov"]],
    ["weeks", 7 * dayMs, 3, ["22 Nov", "29 Nov", "6 Dec"]],
  ])("in steps of %s are told apart", (_, stepMs, count, labels) =>
    expect(labelsOf(stepMs, count)).toEqual(labels),
  );

  it("of a day need no date", () => expect(labelsOf(hourMs, 25).at(-1)).toBe("12:00"));

  it("may be one, or none", () => {
    expect(labelMoments([noon])).toEqual(["12:00"]);
    expect(labelMoments([])).toEqual([]);
  });
});
