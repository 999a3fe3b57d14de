import { expect, test } from "vitest";
import { decideNext, type FakeOutcome } from "./decide-next.ts";

const rules = { successCodes: "2xx", retryDelaysMs: [10, 20], retryAfterMsMax: 50 } as const;
const answered = (status: number, headers: Record<string, string> = {}): FakeOutcome => ({
  kind: "answered",
  status,
  headers: new Headers(headers),
  body: "",
});
const first = { attempt: 1, retries: 0 };

test.each<[string, FakeOutcome, object]>([
  ["204", answered(204), { step: "delivered", disables: false }],
  [
    "200 and disable",
    answered(200, { "webhook-delivery": "disable" }),
    { step: "delivered", disables: true },
  ],
  ["200 and abort", answered(200, { "webhook-delivery": "abort-message" }), { step: "delivered" }],
  ["302", answered(302), { step: "retry", waitMs: 10, usesRetry: true }],
  ["401", answered(401), { step: "retry", waitMs: 10 }],
  ["500", answered(500), { step: "retry", waitMs: 10 }],
  ["410", answered(410), { step: "failed", disables: true }],
  [
    "500 and disable",
    answered(500, { "webhook-delivery": "x, Disable" }),
    { step: "failed", disables: true },
  ],
  [
    "500 and abort",
    answered(500, { "webhook-delivery": "abort-message" }),
    { step: "failed", disables: false },
  ],
  ["429 for 1 s", answered(429, { "retry-after": "1" }), { step: "retry", waitMs: 50, usesRetry: false }],
  ["503 for 0 s", answered(503, { "retry-after": "0" }), { step: "retry", waitMs: 0, usesRetry: false }],
  ["503", answered(503), { step: "retry", waitMs: 10, usesRetry: true }],
  ["500 for 1 s", answered(500, { "retry-after": "1" }), { step: "retry", waitMs: 10, usesRetry: true }],
  ["no answer", { kind: "timeout" }, { step: "retry", waitMs: 10 }],
  ["a failure", { kind: "failed", error: new Error("x") }, { step: "retry", waitMs: 10 }],
])("after %s", (_, outcome, next) => {
  expect(decideNext(outcome, first, rules)).toMatchObject(next);
});

test("when all retries are used up it has failed, whatever was asked for a hundred times", () => {
  expect(decideNext(answered(500), { attempt: 3, retries: 2 }, rules)).toMatchObject({ step: "failed" });
  const asked = answered(503, { "retry-after": "1" });
  expect(decideNext(asked, { attempt: 100, retries: 2 }, rules)).toMatchObject({ step: "failed" });
});

test("exactly 200 may be asked for", () => {
  expect(decideNext(answered(204), first, { ...rules, successCodes: "200" })).toMatchObject({
    step: "retry",
  });
});
