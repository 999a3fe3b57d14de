import { describe, expect, it } from "vitest";
import { describeAge, describeDuration, describeLatency } from "./describe-age.ts";

describe("a length of time", () => {
  it.each([
    [0, "0 s"],
    [999, "0 s"],
    [45_000, "45 s"],
    [60_000, "1 min"],
    [12 * 60_000 + 30_000, "12 min"],
    [3 * 3_600_000 + 20 * 60_000, "3 h 20 min"],
    [7 * 3_600_000 + 20 * 60_000, "7 h"],
    [26 * 3_600_000, "1 d 2 h"],
    [9 * 86_400_000 + 3_600_000, "9 d"],
  ])("of %d ms is %s", (durationMs, text) => expect(describeDuration(durationMs)).toBe(text));
});

describe("an age", () => {
  const now = 1_700_000_000_000;
  it.each([
    [now - 1_000, "just now"],
    [now + 1_000, "just now"],
    [now - 12_000, "12 s ago"],
    [now + 3 * 60_000, "in 3 min"],
  ])("of %d is %s", (at, text) => expect(describeAge(at, now)).toBe(text));
});

describe("a latency", () => {
  it.each([
    [0, "< 0.1 ms"],
    [0.42, "0.4 ms"],
    [85.4, "85 ms"],
    [1_250, "1.25 s"],
    [90_000, "1 min"],
  ])("of %d ms is %s", (durationMs, text) => expect(describeLatency(durationMs)).toBe(text));
});
