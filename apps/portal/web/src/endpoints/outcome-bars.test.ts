import { expect, test } from "vitest";
import { isFailing, recentOutcomes } from "./outcome-bars.ts";

test("the oldest delivery is the first bar, and the sentence counts what the bars show", () => {
  const { bars, summary } = recentOutcomes([
    { id: "3", status: "retrying" },
    { id: "2", status: "failed" },
    { id: "1", status: "delivered" },
  ]);
  expect(bars.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    "1 delivered",
    "2 failed",
    "3 retrying",
  ]);
  expect(summary).toBe("Of the newest 3: 1 delivered, 1 failed, 1 being retried");
});

test.each([
  [["retrying", "failed", "pending", "retrying", "delivered"], true],
  [["delivered", "failed", "failed", "failed"], false],
  [["failed", "failed"], false],
  [[], false],
] as const)("after %j an endpoint is failing: %s", (statuses, failing) => {
  expect(isFailing(statuses.map((status) => ({ status })))).toBe(failing);
});
