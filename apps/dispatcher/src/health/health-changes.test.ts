import fc from "fast-check";
import { expect, test } from "vitest";
import { createHealthChanges, type HealthChange } from "./health-changes.ts";

const create = () => createHealthChanges({ endpointsMax: 100, random: () => 0 });

test("an endpoint that works is written down once in five minutes, however often it is sent to", () => {
  const changes = create();
  for (let nowMs = 0; nowMs < 300_000; nowMs += 100) changes.answered("a", "succeeded", nowMs);
  expect(changes.take(10)).toMatchObject([{ subscriptionId: "a", succeededAtMs: 0, failures: 0 }]);
  changes.answered("a", "succeeded", 299_999);
  expect(changes.take(10)).toEqual([]);
  changes.answered("a", "succeeded", 300_000);
  expect(changes.take(10)).toHaveLength(1);
});

test("the success that ends failures is written down at once", () => {
  const changes = create();
  changes.answered("a", "succeeded", 0);
  changes.answered("a", "failed", 1);
  changes.take(10);
  changes.answered("a", "succeeded", 2);
  expect(changes.take(10)).toMatchObject([{ succeededAtMs: 2, failures: 0, firstFailureAtMs: null }]);
});

test("failures are counted from the last success, whatever kind they are of", () => {
  const changes = create();
  for (const [i, answer] of (
    ["failed", "succeeded", "timed_out", "throttled", "not_sent"] as const
  ).entries())
    changes.answered("a", answer, i);
  expect(changes.take(10)).toEqual([
    {
      subscriptionId: "a",
      succeededAtMs: 1,
      failures: 2,
      firstFailureAtMs: 2,
      lastFailureAtMs: 3,
      breakerMoved: false,
    },
  ]);
});

test("what is being written down still counts as unsaved", () => {
  const changes = create();
  changes.breakerMoved("a");
  const taken = changes.take(10);
  expect(changes.unsaved("a")).toBe(true);
  changes.saved(taken);
  expect(changes.unsaved("a")).toBe(false);
});

test("changes that could not be written down are the same, put together, as if they had happened at once", () => {
  const steps = fc.array(
    fc.record({
      answer: fc.constantFrom("succeeded" as const, "failed" as const, "not_sent" as const),
      flush: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const [flaky, steady] = [create(), create()];
      let taken: HealthChange[] = [];
      for (const [i, { answer, flush }] of sequence.entries()) {
        // Not quiet: every answer is a minute ten after the one before.
        const nowMs = i * 1_000_000;
        flaky.answered("a", answer, nowMs);
        steady.answered("a", answer, nowMs);
        if (!flush) continue;
        flaky.putBack(taken);
        taken = flaky.take(10);
      }
      flaky.putBack(taken);
      expect(flaky.take(10)).toEqual(steady.take(10));
    }),
  );
});
