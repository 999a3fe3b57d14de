import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConsumerFailure,
  consumerRetryDelayMs,
  decideConsumerOutcome,
  defaultConsumerBackoff,
} from "./decide-consumer-outcome.ts";

const policy = { attemptsMax: 5, suspectRunsMax: 3, backoff: { ...defaultConsumerBackoff, jitterRatio: 0 } };
const threw: ConsumerFailure = { kind: "handler_threw", error: "Error: x" };

test.each<[ConsumerFailure, number, object]>([
  [
    { kind: "malformed", error: "e" },
    1,
    { step: "dead_letter", cause: "malformed", outcome: "malformed", error: "e" },
  ],
  [
    { kind: "schema", error: "e" },
    1,
    { step: "dead_letter", cause: "schema", outcome: "schema", error: "e" },
  ],
  [{ kind: "expired", error: "e" }, 1, { step: "dead_letter", cause: "expired", outcome: "expired" }],
  [
    { kind: "refused", cause: "lookup_failed", error: "e" },
    1,
    { step: "dead_letter", cause: "lookup_failed", outcome: "lookup_failed", error: "e" },
  ],
  [{ kind: "unreadable", error: "e" }, 1, { step: "retry", delayMs: 1_000, outcome: "unreadable" }],
  [
    { kind: "unreadable", error: "e" },
    5,
    { step: "dead_letter", cause: "unreadable", outcome: "unreadable" },
  ],
  [threw, 1, { step: "retry", delayMs: 1_000, countsAsFailure: true, outcome: "error", error: "Error: x" }],
  [threw, 2, { step: "retry", delayMs: 5_000 }],
  [threw, 4, { step: "retry", delayMs: 125_000 }],
  [threw, 5, { step: "dead_letter", cause: "handler", outcome: "error", reason: "failure 5 of 5" }],
  [threw, 9, { step: "dead_letter", cause: "handler" }],
  [{ kind: "handler_timed_out", timeoutMs: 30_000 }, 1, { step: "retry", outcome: "timeout" }],
  [{ kind: "handler_timed_out", timeoutMs: 30_000 }, 5, { step: "dead_letter", outcome: "timeout" }],
  [{ kind: "unknown_topic" }, 1, { step: "retry", outcome: "error" }],
  [{ kind: "unknown_topic" }, 5, { step: "dead_letter", cause: "handler", outcome: "error" }],
  [{ kind: "connection_lost", error: "e" }, 1, { step: "retry", delayMs: 1_000, countsAsFailure: false }],
  [{ kind: "connection_lost", error: "e" }, 50, { step: "retry", delayMs: 1_000 }],
  [{ kind: "poison", suspectRuns: 3 }, 1, { step: "dead_letter", cause: "poison", outcome: "poison" }],
])("%o at failure %i", (failure, attempt, expected) => {
  expect(decideConsumerOutcome(failure, attempt, policy, 0.5)).toMatchObject(expected);
});

test("a handler may fail exactly attemptsMax times", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (attempt, attemptsMax) => {
      const { step } = decideConsumerOutcome(threw, attempt, { ...policy, attemptsMax }, 0.5);
      expect(step).toBe(attempt < attemptsMax ? "retry" : "dead_letter");
    }),
  );
});

test("delays stay within their bounds however many attempts there were", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32_767 }), unit, (attempt, random) => {
      const delayMs = consumerRetryDelayMs(attempt, defaultConsumerBackoff, random);
      expect(delayMs).toBeGreaterThanOrEqual(800);
      expect(delayMs).toBeLessThanOrEqual(720_000);
      expect(Number.isInteger(delayMs)).toBe(true);
    }),
  );
});
