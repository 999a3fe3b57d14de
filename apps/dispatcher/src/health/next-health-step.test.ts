import { expect, test } from "vitest";
import { type HealthStep, healthPolicy, nextHealthStep } from "./next-health-step.ts";

const hourMs = 3_600_000;
const policy = healthPolicy(120 * hourMs);

test("owners are warned after an hour and at half time, and sooner when endpoints are disabled sooner", () => {
  expect(policy).toEqual({ warnAfterMs: [hourMs, 60 * hourMs], disableAfterMs: 120 * hourMs });
  expect(healthPolicy(2 * hourMs)).toEqual({ warnAfterMs: [hourMs / 2, hourMs], disableAfterMs: 2 * hourMs });
});

test.each<[string, number, number, HealthStep]>([
  ["one failure, however long ago", 0, 0, { step: "none" }],
  ["failing for less than an hour", 0.9, 0, { step: "none" }],
  ["failing for an hour", 1, 0, { step: "warn", warnings: 1 }],
  ["already warned", 59, 1, { step: "none" }],
  ["half of the time is over", 60, 1, { step: "warn", warnings: 2 }],
  ["two thresholds at once make one warning", 100, 0, { step: "warn", warnings: 2 }],
  ["almost five days", 119.9, 2, { step: "none" }],
  ["five days", 120, 2, { step: "disable" }],
  ["five days nobody noticed", 500, 0, { step: "disable" }],
])("%s", (_name, failingHours, warnings, expected) => {
  const since = 1_700_000_000_000;
  const endpoint = { failingSinceMs: since, lastFailureAtMs: since + failingHours * hourMs, warnings };
  expect(nextHealthStep(endpoint, policy)).toEqual(expected);
});
