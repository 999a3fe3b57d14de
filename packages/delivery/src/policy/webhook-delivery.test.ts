import { describe, expect, test } from "vitest";
import type { SendOutcome } from "../outcome/send-outcome.ts";
import { type DeliveryPolicy, decide } from "./decide.ts";

const policy: DeliveryPolicy = {
  retryPolicy: "exponential",
  retriesMax: 7,
  successCodes: "2xx",
  scheduleMs: [5_000],
};

function answer(status: number, headers: Record<string, string> = {}): SendOutcome {
  return { kind: "response", status, headers, body: Buffer.alloc(0), truncated: false };
}

const decideFirst = (outcome: SendOutcome, more: Partial<DeliveryPolicy> = {}) =>
  decide(outcome, { attempt: 1, retries: 0 }, { ...policy, ...more }, 0, 0.5);

describe("webhook-delivery", () => {
  const wishing = (status: number, wish: string) => answer(status, { "webhook-delivery": wish });

  test.each(["abort-message", " Abort-Message ", "later, abort-message"])(
    "%j on a failure ends this message's retries",
    (wish) => {
      expect(decideFirst(wishing(500, wish))).toEqual({
        step: "failed",
        reason:
          "answered 500 with webhook-delivery: abort-message: the endpoint wants no retries of this message",
      });
    },
  );

  test("abort-message wins over Retry-After", () => {
    const outcome = answer(429, { "retry-after": "1", "webhook-delivery": "abort-message" });
    expect(decideFirst(outcome).step).toBe("failed");
  });

  test("abort-message changes nothing about a success", () => {
    expect(decideFirst(wishing(200, "abort-message"))).toEqual(decideFirst(answer(200)));
  });

  test.each(["none", "exponential"] as const)(
    "disable on a failure disables the endpoint (%s)",
    (retryPolicy) => {
      expect(decideFirst(wishing(500, "abort-message, disable"), { retryPolicy })).toEqual({
        step: "disable",
        reason: "answered 500 with webhook-delivery: disable: the endpoint asked for no more deliveries",
      });
    },
  );

  test("disable on a success disables the endpoint, and the message stays delivered", () => {
    expect(decideFirst(wishing(204, "disable"))).toMatchObject({ step: "delivered", disables: true });
    expect(decideFirst(answer(204))).toMatchObject({ step: "delivered", disables: false });
    expect(decideFirst(wishing(204, "disable"), { successCodes: "200" }).step).toBe("disable");
  });

  test.each(["", "disabled", "abort", "retry"])("%j means nothing", (wish) => {
    expect(decideFirst(wishing(500, wish))).toEqual(decideFirst(answer(500)));
  });
});
