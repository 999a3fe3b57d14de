import { expect, test } from "vitest";
import { leaveApprovedPayload, workforceTopics } from "./workforce.ts";

const { sample } = workforceTopics[0];

test.each([
  ["of one day", { starts_on: "2026-03-02", ends_on: "2026-03-02" }, true],
  ["over a leap day", { starts_on: "2028-02-28", ends_on: "2028-03-01" }, true],
  ["of 366 days", { starts_on: "2026-01-01", ends_on: "2027-01-01" }, true],
  ["of 367 days", { starts_on: "2026-01-01", ends_on: "2027-01-02" }, false],
  ["that ends before it starts", { starts_on: "2026-03-02", ends_on: "2026-03-01" }, false],
  ["on a day that does not exist", { starts_on: "2026-02-29", ends_on: "2026-03-01" }, false],
  ["at a time of day", { starts_on: "2026-03-02T00:00:00Z" }, false],
  ["in the year 1", { starts_on: "0001-01-01", ends_on: "0001-01-01" }, false],
  ["approved in the year 9999", { approved_at: "9999-12-31T00:00:00Z" }, false],
  ["with a NUL in its id", { leave_id: "leave\u0000" }, false],
  ["with half a character in its id", { user_id: "\ud800" }, false],
])("a leave %s: %o is accepted: %s", (_name, change, ok) => {
  expect(leaveApprovedPayload.safeParse({ ...sample, ...change }).success).toBe(ok);
});
