import { expect, test } from "vitest";
import type { SendOutcome } from "../outcome/send-outcome.ts";
import { decideProbe } from "./decide-probe.ts";

function answer(status: number, headers: Record<string, string> = {}): SendOutcome {
  return { kind: "response", status, headers, body: Buffer.alloc(0), truncated: false };
}

test("a success is delivered, by the subscription's own rule", () => {
  expect(decideProbe(answer(204), { successCodes: "2xx" })).toEqual({
    step: "delivered",
    reason: "answered 204",
    disables: false,
  });
  expect(decideProbe(answer(204), { successCodes: "200" }).step).toBe("failed");
  expect(decideProbe(answer(200), { successCodes: "200" }).step).toBe("delivered");
});

test("a success that asks for no more deliveries disables nothing", () => {
  const outcome = answer(200, { "webhook-delivery": "disable" });
  expect(decideProbe(outcome, { successCodes: "2xx" })).toMatchObject({ step: "delivered", disables: false });
});

test.each<[string, SendOutcome, string]>([
  ["410", answer(410), "answered 410"],
  ["503 with Retry-After", answer(503, { "retry-after": "1" }), "answered 503"],
  ["500 with disable", answer(500, { "webhook-delivery": "disable" }), "answered 500"],
  ["a redirect", answer(302), "answered 302: redirects are not followed"],
  ["a timeout", { kind: "timeout", timeoutMs: 1_000 }, "no complete answer within 1000 ms"],
  ["a refused destination", { kind: "not_allowed" }, "the destination is not allowed"],
  ["an unreadable payload", { kind: "payload_unreadable" }, "the event's payload cannot be decrypted"],
])("%s fails it, once and for all", (_name, outcome, why) => {
  expect(decideProbe(outcome, { successCodes: "2xx" })).toEqual({
    step: "failed",
    reason: `${why}; a ping or test is sent once`,
  });
});
