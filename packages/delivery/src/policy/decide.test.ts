import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SendOutcome } from "../outcome/send-outcome.ts";
import { type DeliveryPolicy, decide, throttledAttemptsMax } from "./decide.ts";
import { unblamedMax } from "./proxy-retry.ts";
import { defaultRetryScheduleMs } from "./retry-schedule.ts";

const nowMs = Date.parse("2026-03-01T12:00:00Z");
const first = { attempt: 1, retries: 0 };
const policy: DeliveryPolicy = {
  retryPolicy: "exponential",
  retriesMax: 7,
  successCodes: "2xx",
  scheduleMs: defaultRetryScheduleMs,
};

function answer(status: number, headers: Record<string, string> = {}): SendOutcome {
  return { kind: "response", status, headers, body: Buffer.alloc(0), truncated: false };
}

const middle = 0.5;
const decideFirst = (outcome: SendOutcome, more: Partial<DeliveryPolicy> = {}) =>
  decide(outcome, first, { ...policy, ...more }, nowMs, middle);

describe("an answer", () => {
  test.each([200, 201, 202, 204, 299])("%i is delivered", (status) => {
    expect(decideFirst(answer(status)).step).toBe("delivered");
  });

  test.each([201, 202, 204, 299])("%i is tried again when only 200 counts", (status) => {
    expect(decideFirst(answer(status), { successCodes: "200" }).step).toBe("retry");
    expect(decideFirst(answer(200), { successCodes: "200" }).step).toBe("delivered");
  });

  test.each([300, 301, 302, 307, 308])("%i is a failure that says redirects are not followed", (status) => {
    expect(decideFirst(answer(status, { location: "https://elsewhere.example/" }))).toEqual({
      step: "retry",
      delayMs: 5_000,
      retries: 1,
      reason: `answered ${status}: redirects are not followed; retry 1 of 7`,
    });
  });

  test.each([400, 401, 403, 404, 409, 422, 429, 499, 500, 502, 503, 504, 599, 999])(
    "%i is tried again by the schedule",
    (status) => {
      expect(decideFirst(answer(status))).toMatchObject({ step: "retry", delayMs: 5_000, retries: 1 });
    },
  );

  test.each(["none", "exponential"] as const)(
    "410 disables the endpoint with retry policy %s",
    (retryPolicy) => {
      expect(decideFirst(answer(410), { retryPolicy }).step).toBe("disable");
    },
  );
});

describe("Retry-After", () => {
  test.each([429, 503])(
    "on %i waits as asked, up to a tenth longer, and uses no step of the schedule",
    (status) => {
      const position = { attempt: 4, retries: 2 };
      const outcome = answer(status, { "retry-after": "120" });
      expect(decide(outcome, position, policy, nowMs, 0)).toMatchObject({
        step: "retry",
        delayMs: 120_000,
        retries: 2,
      });
      expect(decide(outcome, position, policy, nowMs, 0.999)).toMatchObject({ delayMs: 131_988, retries: 2 });
    },
  );

  test("may be an HTTP date", () => {
    const outcome = answer(503, { "retry-after": "Sun, 01 Mar 2026 12:01:00 GMT" });
    expect(decide(outcome, first, policy, nowMs, 0)).toMatchObject({ delayMs: 60_000, retries: 0 });
  });

  test.each(["0", "Sun, 01 Mar 2020 12:01:00 GMT"])("%s means one second, never a hot loop", (value) => {
    expect(decide(answer(429, { "retry-after": value }), first, policy, nowMs, 0)).toMatchObject({
      delayMs: 1_000,
    });
  });

  test("of a year is clamped to a day", () => {
    const outcome = answer(503, { "retry-after": "31536000" });
    expect(decide(outcome, first, policy, nowMs, 0)).toMatchObject({ delayMs: 86_400_000 });
  });

  test.each(["soon", "-1", "", "120s"])("%j is ignored: the schedule decides", (value) => {
    expect(decideFirst(answer(429, { "retry-after": value }))).toMatchObject({ delayMs: 5_000, retries: 1 });
  });

  test.each([200, 410, 500, 502])("on %i means nothing", (status) => {
    const withHeader = decideFirst(answer(status, { "retry-after": "120" }));
    expect(withHeader).toEqual(decideFirst(answer(status)));
  });

  test("does not make up for a policy without retries", () => {
    expect(decideFirst(answer(429, { "retry-after": "1" }), { retryPolicy: "none" }).step).toBe("failed");
  });

  test("still counts when the schedule is used up, for a hundred attempts; then it uses up retries", () => {
    const outcome = answer(429, { "retry-after": "1" });
    expect(decide(outcome, { attempt: 99, retries: 7 }, policy, nowMs, 0).step).toBe("retry");
    const late = (retries: number) =>
      decide(outcome, { attempt: throttledAttemptsMax, retries }, policy, nowMs, 0);
    expect(late(0)).toMatchObject({ step: "retry", retries: 1 });
    expect(late(7).step).toBe("failed");
  });
});

describe("no answer", () => {
  const faults: [string, SendOutcome, string][] = [
    ["a timeout", { kind: "timeout", timeoutMs: 15_000 }, "no complete answer within 15000 ms"],
    [
      "a reset connection",
      { kind: "network", fault: "reset", detail: "the connection broke (ECONNRESET)" },
      "connection failed: the connection broke (ECONNRESET)",
    ],
    [
      "a bad certificate",
      { kind: "network", fault: "tls", detail: "TLS failed (CERT_HAS_EXPIRED)" },
      "connection failed: TLS failed (CERT_HAS_EXPIRED)",
    ],
    [
      "a token that cannot be had",
      { kind: "auth_failed", detail: "the token endpoint answered 500" },
      "no OAuth2 token for the endpoint: the token endpoint answered 500",
    ],
    ["a mistake of ours", { kind: "internal_error" }, "a mistake of ours kept it from being sent"],
    ["a refused destination", { kind: "not_allowed" }, "the destination is not allowed"],
    [
      "a payload that does not open",
      { kind: "payload_unreadable" },
      "the event's payload cannot be decrypted",
    ],
  ];

  test.each(faults)("%s is tried again, and the reason names it", (_name, outcome, why) => {
    expect(decideFirst(outcome)).toEqual({
      step: "retry",
      delayMs: 5_000,
      retries: 1,
      reason: `${why}; retry 1 of 7`,
    });
  });

  test.each(faults)("%s fails at once under policy none", (_name, outcome, why) => {
    expect(decideFirst(outcome, { retryPolicy: "none" })).toEqual({
      step: "failed",
      reason: `${why}; the subscription wants no retries`,
    });
  });

  test.each(faults)("%s fails when the retries are used up", (_name, outcome, why) => {
    expect(decide(outcome, { attempt: 8, retries: 7 }, policy, nowMs, middle)).toEqual({
      step: "failed",
      reason: `${why}; all 7 retries are used up`,
    });
  });

  test("an erased payload fails at once: nothing will bring it back", () => {
    expect(decideFirst({ kind: "payload_erased" }).step).toBe("failed");
  });
});

describe("a failure of the egress proxy", () => {
  const failed = (fault: "proxy" | "destination"): SendOutcome => ({
    kind: "proxy_failed",
    fault,
    detail: "x",
  });
  const after = (outcome: SendOutcome, attempt: number, retries = 0, given = {}) =>
    decide(outcome, { attempt, retries }, { ...policy, ...given }, nowMs, middle);

  test.each(["proxy", "destination"] as const)("(%s) is tried again soon and uses up no retry", (fault) => {
    const decision = after(failed(fault), 1);
    expect(decision).toMatchObject({ step: "retry", delayMs: 1_000, retries: 0 });
    expect(decision.reason).toContain("not counted");
    expect(after(failed(fault), 10, 7)).toMatchObject({ step: "retry", retries: 7 });
    expect(after(failed(fault), 1, 0, { retryPolicy: "none" }).step).toBe("retry");
  });

  test("comes back later and later, within a minute, counting only what was not the endpoint's", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 5_000].map((attempt) => after(failed("proxy"), attempt));
    expect(delays.map((decision) => "delayMs" in decision && decision.delayMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect(after(failed("proxy"), 4, 3)).toMatchObject({ delayMs: 1_000 });
  });

  test("never ends a delivery when the proxy serves nobody, and costs the endpoint none of its retries", () => {
    expect(after(failed("proxy"), 30_000, 7, { retryPolicy: "none" }).step).toBe("retry");
    expect(decide(answer(500), { attempt: 30_000, retries: 0 }, policy, nowMs, middle).step).toBe("retry");
  });

  test("is held against a destination that the proxy goes on refusing: its own rules end it", () => {
    const refused = failed("destination");
    expect(after(refused, unblamedMax)).toMatchObject({ retries: 0 });
    expect(after(refused, unblamedMax + 1)).toMatchObject({ step: "retry", retries: 1, delayMs: 5_000 });
    expect(after(refused, unblamedMax + 8, 7).step).toBe("failed");
    expect(after(refused, unblamedMax + 1, 0, { retryPolicy: "none" }).step).toBe("failed");
  });
});

const anyOutcome: fc.Arbitrary<SendOutcome> = fc.oneof(
  fc.record({
    kind: fc.constant("response" as const),
    status: fc.integer({ min: 100, max: 999 }),
    headers: fc.dictionary(
      fc.constantFrom("retry-after", "webhook-delivery"),
      fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom("disable", "abort-message")),
    ),
    body: fc.constant(Buffer.alloc(0)),
    truncated: fc.boolean(),
  }),
  fc.constant<SendOutcome>({ kind: "timeout", timeoutMs: 1 }),
  fc.constant<SendOutcome>({ kind: "network", fault: "dns", detail: "x" }),
  fc.constant<SendOutcome>({ kind: "not_allowed" }),
  fc.constant<SendOutcome>({ kind: "proxy_failed", fault: "destination", detail: "x" }),
  fc.constant<SendOutcome>({ kind: "auth_failed", detail: "x" }),
  fc.constant<SendOutcome>({ kind: "internal_error" }),
  fc.constant<SendOutcome>({ kind: "payload_erased" }),
  fc.constant<SendOutcome>({ kind: "payload_unreadable" }),
);
const anyPolicy: fc.Arbitrary<DeliveryPolicy> = fc.record({
  retryPolicy: fc.constantFrom("none" as const, "exponential" as const),
  retriesMax: fc.nat(10),
  successCodes: fc.constantFrom("2xx" as const, "200" as const),
  scheduleMs: fc.array(fc.integer({ min: 1, max: 10 ** 8 }), { minLength: 1, maxLength: 8 }),
});
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a delivery always ends: within its retries and the free ones, whatever is answered", () => {
  const turns = fc.array(fc.tuple(anyOutcome, anyRandom), { minLength: 110, maxLength: 110 });
  fc.assert(
    fc.property(turns, anyPolicy, (outcomes, given) => {
      let position = first;
      for (const [outcome, random] of outcomes) {
        const decision = decide(outcome, position, given, nowMs, random);
        if (decision.step !== "retry") return;
        expect(decision.retries).toBeLessThanOrEqual(given.retriesMax);
        expect(decision.delayMs).toBeGreaterThan(0);
        position = { attempt: position.attempt + 1, retries: decision.retries };
      }
      expect.unreachable("a delivery went on for ever");
    }),
    { numRuns: 50 },
  );
});

test("the same arguments always give the same decision", () => {
  fc.assert(
    fc.property(
      anyOutcome,
      anyPolicy,
      fc.nat(120),
      fc.nat(12),
      anyRandom,
      (outcome, given, attempt, retries, random) => {
        const once = decide(outcome, { attempt, retries }, given, nowMs, random);
        expect(decide(outcome, { attempt, retries }, given, nowMs, random)).toEqual(once);
      },
    ),
  );
});
