import { describe, expect, test } from "vitest";
import { estimateFinishMs, type ReplaySpeed } from "./estimate-finish.ts";

const job: ReplaySpeed = { total: 100, replayed: 0, ratePerSecond: null, createdAtMs: 0, updatedAtMs: 0 };

describe("when a replay will be done", () => {
  test.each([
    ["is unknown before anything was replayed", {}, null],
    ["is told by the rate alone before anything was replayed", { ratePerSecond: 10 }, 20_000],
    ["is told by the speed so far", { replayed: 50, updatedAtMs: 5_000 }, 15_000],
    [
      "is told by the rate when the speed so far is higher",
      { replayed: 50, updatedAtMs: 1_000, ratePerSecond: 5 },
      20_000,
    ],
    [
      "is told by the speed so far when the rate is higher",
      { replayed: 10, updatedAtMs: 10_000, ratePerSecond: 50 },
      100_000,
    ],
    ["is now when everything was replayed", { replayed: 100, updatedAtMs: 5_000 }, 10_000],
    ["is now when more was replayed than was counted", { replayed: 120, updatedAtMs: 5_000 }, 10_000],
  ])("%s", (_name, change, expected) => {
    expect(estimateFinishMs({ ...job, ...change }, 10_000)).toBe(expected);
  });
});
