import { expect, test } from "vitest";
import { replayTitle } from "./replay-title.ts";

test.each([
  ["filter", {}, "All deliveries"],
  ["filter", { status: ["failed"] }, "Deliveries that failed"],
  ["filter", { status: "delivered", type: ["order.*"] }, "Deliveries of order.* that arrived"],
  ["filter", { status: ["failed", "cancelled"] }, "Deliveries that failed or were cancelled"],
  ["filter", { subscription_id: ["sub_1"] }, "All deliveries to one endpoint"],
  ["filter", { status: "failed", subscription_id: ["a", "b"] }, "Deliveries to 2 endpoints that failed"],
  ["recover", { only_failed: true }, "What did not arrive at one endpoint"],
  ["recover", {}, "Everything to one endpoint"],
  ["missing", {}, "Events an endpoint never had"],
] as const)("%s %j is called %s", (kind, filter, title) => expect(replayTitle({ kind, filter })).toBe(title));
