import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Breaker, type BreakerEvent, closedBreaker, nextBreaker } from "./breaker.ts";

const settings = { failuresMax: 3, pauseMs: 1_000, pauseMsMax: 8_000 };
const nowMs = 50_000;
const next = (breaker: Breaker, event: BreakerEvent, random = 0) =>
  nextBreaker(breaker, event, nowMs, random, settings);

const closed = (failures: number): Breaker => ({ state: "closed", failures });
const open = (opens: number, untilMs: number): Breaker => ({ state: "open", opens, untilMs });
const halfOpen = (opens: number, probing: boolean): Breaker => ({
  state: "half_open",
  opens,
  untilMs: nowMs,
  probing,
});
const of = (kind: "succeeded" | "failed" | "not_sent", probe = false): BreakerEvent => ({ kind, probe });
const throttled = (pauseMs: number | null, probe = false): BreakerEvent => ({
  kind: "throttled",
  probe,
  pauseMs,
});

test.each<[string, Breaker, BreakerEvent, Breaker]>([
  ["closed: a failure counts", closed(0), of("failed"), closed(1)],
  ["closed: the last allowed failure opens it", closed(2), of("failed"), open(1, nowMs + 1_000)],
  ["closed: a success forgets the failures", closed(2), of("succeeded"), closed(0)],
  ["closed: what was not sent says nothing", closed(2), of("not_sent"), closed(2)],
  ["closed: 429 alone is no failure", closed(2), throttled(null), closed(2)],
  ["closed: 429 with Retry-After pauses as asked", closed(2), throttled(5_000), open(0, nowMs + 5_000)],
  ["closed: nobody pauses it for longer than the cap", closed(0), throttled(9e9), open(0, nowMs + 8_000)],
  ["open: it stays so until its time", open(1, nowMs + 1), { kind: "looked_at" }, open(1, nowMs + 1)],
  ["open: then it is half open", open(1, nowMs), { kind: "looked_at" }, halfOpen(1, false)],
  ["open: a late failure prolongs nothing", open(1, nowMs + 9), of("failed"), open(1, nowMs + 9)],
  ["open: a late success closes nothing", open(1, nowMs + 9), of("succeeded"), open(1, nowMs + 9)],
  ["open: a ping's success closes it", open(1, nowMs + 9), of("succeeded", true), closed(0)],
  ["open: a ping's failure changes nothing", open(1, nowMs + 9), of("failed", true), open(1, nowMs + 9)],
  ["open: a longer Retry-After counts", open(2, nowMs + 9), throttled(100), open(2, nowMs + 100)],
  ["open: a shorter one does not", open(2, nowMs + 900), throttled(100), open(2, nowMs + 900)],
  ["half open: the probe goes out", halfOpen(1, false), { kind: "probe_sent" }, halfOpen(1, true)],
  ["half open: its success closes it", halfOpen(4, true), of("succeeded", true), closed(0)],
  ["half open: its failure doubles the pause", halfOpen(1, true), of("failed", true), open(2, nowMs + 2_000)],
  ["half open: the pause has a cap", halfOpen(60, true), of("failed", true), open(61, nowMs + 8_000)],
  ["half open: a late success closes nothing", halfOpen(1, true), of("succeeded"), halfOpen(1, true)],
  ["half open: a late failure opens nothing", halfOpen(1, true), of("failed"), halfOpen(1, true)],
  [
    "half open: a probe never sent makes room for another",
    halfOpen(1, true),
    of("not_sent", true),
    halfOpen(1, false),
  ],
  [
    "half open: 429 with Retry-After pauses as asked",
    halfOpen(3, true),
    throttled(500, true),
    open(3, nowMs + 500),
  ],
  [
    "half open: 429 alone pauses as long as before",
    halfOpen(2, true),
    throttled(null, true),
    open(2, nowMs + 2_000),
  ],
])("%s", (_name, breaker, event, expected) => {
  expect(next(breaker, event)).toEqual(expected);
});

test("jitter lengthens a pause by a fifth at most", () => {
  expect(next(closed(2), of("failed"), 0.999_999)).toMatchObject({
    untilMs: expect.closeTo(nowMs + 1_200, 2),
  });
});

test("a closed breaker's success makes no new object: it happens on every delivery", () => {
  expect(next(closedBreaker, of("succeeded"))).toBe(closedBreaker);
});

const events: fc.Arbitrary<{ event: BreakerEvent; waitMs: number; random: number }> = fc.record({
  event: fc.oneof(
    fc.record({
      kind: fc.constantFrom("succeeded" as const, "failed" as const, "not_sent" as const),
      probe: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("throttled" as const),
      probe: fc.boolean(),
      pauseMs: fc.option(fc.integer({ min: 0, max: 1e12 })),
    }),
    fc.record({ kind: fc.constantFrom("looked_at" as const, "probe_sent" as const) }),
  ),
  waitMs: fc.nat(3_000),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe("for any events", () => {
  test("it opens only at the end of the failures in a row, or when asked to pause", () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (steps) => {
        let breaker: Breaker = closedBreaker;
        let inARow = 0;
        let now = 0;
        for (const { event, waitMs, random } of steps) {
          now += waitMs;
          const before: Breaker = breaker;
          breaker = nextBreaker(before, event, now, random, settings);
          if (before.state !== "closed") inARow = 0;
          else if (event.kind === "failed") inARow++;
          else if (event.kind === "succeeded") inARow = 0;
          if (before.state !== "closed" || breaker.state === "closed") continue;
          const asked = event.kind === "throttled" && event.pauseMs !== null;
          expect(asked || inARow === settings.failuresMax).toBe(true);
        }
      }),
    );
  });

  test("no pause ends later than the cap and its jitter, and looking at it then half opens it", () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (steps) => {
        let breaker: Breaker = closedBreaker;
        let now = 0;
        for (const { event, waitMs, random } of steps) {
          now += waitMs;
          breaker = nextBreaker(breaker, event, now, random, settings);
          if (breaker.state !== "open") continue;
          expect(breaker.untilMs - now).toBeLessThanOrEqual(settings.pauseMsMax * 1.2);
          const later = nextBreaker(breaker, { kind: "looked_at" }, breaker.untilMs, 0, settings);
          expect(later).toMatchObject({ state: "half_open", probing: false });
        }
      }),
    );
  });
});
