import type { Decision, SendOutcome } from "@carewire/delivery";
import { expect, test } from "vitest";
import { answerOf } from "./answer-of.ts";

const response = (status: number, headers: Record<string, string> = {}): SendOutcome => ({
  kind: "response",
  status,
  headers,
  body: Buffer.alloc(0),
  truncated: false,
});
const retry: Decision = { step: "retry", delayMs: 1, retries: 1, reason: "" };
const failed: Decision = { step: "failed", reason: "" };
const delivered: Decision = { step: "delivered", reason: "", disables: false };

test.each<[string, SendOutcome, Decision, string, number | null]>([
  ["a good answer", response(200), delivered, "succeeded", null],
  ["an error", response(500), retry, "failed", null],
  ["an error without retries", response(500), failed, "failed", null],
  ["a message that is not understood", response(400), retry, "refused", null],
  ["a message that is refused", response(422), failed, "refused", null],
  ["a missing page", response(404), retry, "failed", null],
  ["a redirect", response(302), retry, "failed", null],
  ["410", response(410), { step: "disable", reason: "" }, "failed", null],
  ["429", response(429), retry, "throttled", null],
  ["429 with Retry-After", response(429, { "retry-after": "7" }), retry, "throttled", 7_000],
  ["429 with Retry-After and no retries", response(429, { "retry-after": "7" }), failed, "throttled", 7_000],
  ["503", response(503), retry, "failed", null],
  ["503 with Retry-After", response(503, { "retry-after": "7" }), retry, "throttled", 7_000],
  ["a timeout", { kind: "timeout", timeoutMs: 1 }, retry, "timed_out", null],
  ["a reset", { kind: "network", fault: "reset", detail: "" }, retry, "failed", null],
  ["an address that is refused", { kind: "not_allowed" }, retry, "failed", null],
  ["a token server that refuses", { kind: "auth_failed", detail: "" }, retry, "failed", null],
  ["a broken egress proxy", { kind: "proxy_failed", fault: "proxy", detail: "" }, retry, "not_sent", null],
  ["a payload that is gone", { kind: "payload_erased" }, failed, "not_sent", null],
  ["a payload we cannot read", { kind: "payload_unreadable" }, retry, "not_sent", null],
  ["a mistake of ours", { kind: "internal_error" }, retry, "not_sent", null],
])("%s", (_name, outcome, decision, answer, pauseMs) => {
  expect(answerOf(outcome, decision, false, 0)).toEqual({ answer, pauseMs });
});

test("a ping proves that an endpoint works, and not that it does not", () => {
  expect(answerOf(response(200), delivered, true, 0).answer).toBe("succeeded");
  expect(answerOf(response(500), failed, true, 0).answer).toBe("not_sent");
});
