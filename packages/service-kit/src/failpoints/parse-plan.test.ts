import { expect, it } from "vitest";
import { parseFailpointPlan } from "./parse-plan.ts";

it("reads names and the passage at which each acts", () => {
  expect([...parseFailpointPlan("after_commit:kill,after_send:kill@3")]).toEqual([
    ["after_commit", { action: "kill", hit: 1 }],
    ["after_send", { action: "kill", hit: 3 }],
  ]);
  expect(parseFailpointPlan("").size).toBe(0);
});

it.each(["after_commit", "after_commit:stop", "after_commit:kill@0", "A:kill", "a:kill;b:kill"])(
  "refuses %j, so that a misspelt plan cannot pass a test",
  (text) => {
    expect(() => parseFailpointPlan(text)).toThrow("FAILPOINT");
  },
);
