import { describe, expect, test } from "vitest";
import { claimAs, finish, mustOffer } from "../testing/admitting.ts";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { type Admission, createAdmission, type Slot } from "./admission.ts";

const breaker = { failuresMax: 4, pauseMs: 1_000, pauseMsMax: 8_000 };
const options = {
  ...calmIsolation,
  breaker,
  fastMax: 64,
  slowMax: 16,
  unrecordedMax: 96,
  bodyBytesMax: 1_000_000,
  endpointsMax: 1_000,
};

describe("a broken endpoint", () => {
  function setUp(more: { onBreaker?: (id: string) => void } = {}) {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    const wakes: { shard: number; delayMs: number }[] = [];
    const wake = (shard: number, delayMs: number) => void wakes.push({ shard, delayMs });
    const admission = createAdmission({ ...options, clock, wake, ...more });
    return { admission, clock, wakes };
  }
  const break_ = (admission: Admission) => {
    for (let i = 0; i < breaker.failuresMax; i++) finish(admission, claimAs(admission, "a", 1), "failed");
  };

  test("is offered nothing until its pause is over, and its shard is woken then", () => {
    const { admission, clock, wakes } = setUp();
    break_(admission);
    expect(mustOffer(admission).slots.get("a")).toBe(0);
    expect(admission.hasRoom("a")).toBe(false);
    expect(admission.counts()).toMatchObject({ open: 1, halfOpen: 0 });
    expect(wakes).toEqual([{ shard: 1, delayMs: 1_000 }]);
    clock.nowMs = 1_000;
    expect(mustOffer(admission).slots.get("a")).toBe(1);
    expect(admission.counts()).toMatchObject({ open: 0, halfOpen: 1 });
  });

  test("that gets more while it is paused needs no look before the pause is over", () => {
    const { admission, clock } = setUp();
    break_(admission);
    expect(admission.asksLater("a")).toBe(true);
    clock.nowMs = 1_000;
    expect(admission.asksLater("a")).toBe(false);
  });

  test("gets one probe, whatever a claim brings, and the rest waits", () => {
    const { admission, clock } = setUp();
    break_(admission);
    const early = claimAs(admission, "a", 1);
    expect(early.map(admission.heldBackMs)).toEqual([1_000]);
    finish(admission, early, "not_sent");
    clock.nowMs = 1_000;
    const slots = claimAs(admission, "a", 3);
    expect(slots.map(admission.heldBackMs)).toEqual([null, expect.any(Number), expect.any(Number)]);
    expect(mustOffer(admission).slots.get("a")).toBe(0);
  });

  test("is offered nothing more once its probe is claimed, sent or not", () => {
    const { admission, clock } = setUp();
    break_(admission);
    clock.nowMs = 1_000;
    const probe = claimAs(admission, "a", 1);
    expect(mustOffer(admission).slots.get("a")).toBe(0);
    expect(admission.hasRoom("a")).toBe(false);
    expect(probe.map(admission.heldBackMs)).toEqual([null]);
    finish(admission, probe, "not_sent");
    expect(mustOffer(admission).slots.get("a")).toBe(1);
  });

  test("that accepts its probe starts again with one at a time", () => {
    const { admission, clock, wakes } = setUp();
    break_(admission);
    clock.nowMs = 1_000;
    const probe = claimAs(admission, "a", 1);
    probe.map(admission.heldBackMs);
    finish(admission, probe, "succeeded");
    expect(admission.limitOf("a")).toBe(1);
    expect(admission.counts()).toMatchObject({ open: 0, halfOpen: 0 });
    expect(wakes.at(-1)).toEqual({ shard: 1, delayMs: 0 });
    finish(admission, claimAs(admission, "a", 1), "succeeded");
    expect(admission.limitOf("a")).toBe(2);
  });

  test("waits as long as it asks for", () => {
    const { admission, clock } = setUp();
    const [slot] = claimAs(admission, "a", 1) as [Slot];
    admission.answered(slot, "throttled", 3_000);
    clock.nowMs = 2_999;
    expect(mustOffer(admission).slots.get("a")).toBe(0);
    clock.nowMs = 3_000;
    expect(mustOffer(admission).slots.get("a")).toBe(1);
  });

  test("is taken over as another process left it, and one that works here is not", () => {
    const { admission, clock } = setUp();
    const slots = claimAs(admission, "a", 2);
    admission.adopt("a", { state: "open", opens: 3, remainingMs: 5_000, limit: 1 });
    expect(slots.map(admission.heldBackMs)).toEqual([5_000, 5_000]);
    finish(admission, slots, "not_sent");
    clock.nowMs = 5_000;
    const probe = claimAs(admission, "a", 1);
    probe.map(admission.heldBackMs);
    finish(admission, probe, "failed");
    expect(admission.kept("a")).toMatchObject({ state: "open", opens: 4, remainingMs: 8_000 });
    admission.reset("a");
    expect(admission.kept("a")).toEqual({ state: "closed", opens: 0, remainingMs: null, limit: 1 });
  });

  test("is reported when it opens, half opens and closes, and not in between", () => {
    const reported: string[] = [];
    const { admission, clock } = setUp({
      onBreaker: (id) => void reported.push(admission.kept(id)?.state ?? "unknown"),
    });
    break_(admission);
    clock.nowMs = 1_000;
    const probe = claimAs(admission, "a", 1);
    probe.map(admission.heldBackMs);
    finish(admission, probe, "succeeded");
    expect(reported).toEqual(["open", "half_open", "closed"]);
  });

  test("is not named in every claim for ever once nobody has anything for it", () => {
    const { admission, clock } = setUp();
    break_(admission);
    mustOffer(admission);
    clock.nowMs = 3_600_000;
    mustOffer(admission);
    expect(mustOffer(admission).slots.has("a")).toBe(false);
  });
});

test("as it is routed, a rate-limited endpoint is leased what is left of its limit, and no more", () => {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const admission = createAdmission({ ...options, fastMax: 256, unrecordedMax: 256, clock });
  const routed = () => admission.offerRouted() ?? expect.unreachable("there is room");
  for (const rows of [2, 1]) finish(admission, claimAs(admission, "a", rows), "succeeded");
  admission.setQuota("a", { free: 3, refill: 3, refillAtMs: 400, ahead: 0, aheadUntilMs: 0 });
  const offer = routed();
  expect(offer.slots.get("a")).toBe(3);
  const place = { subscriptionId: "a", shard: 1, lane: 0, probe: false, bodyBytes: 100 };
  const slots = admission.leased(offer, [place]);
  expect(routed().slots.get("a")).toBe(2);
  finish(admission, slots, "succeeded");
  admission.setQuota("a", { free: 0, refill: 3, refillAtMs: 400, ahead: 0, aheadUntilMs: 0 });
  expect(routed().slots.get("a")).toBe(0);
  clock.nowMs = 400;
  expect(routed().slots.get("a")).toBe(3);
});

test("a rate-limited endpoint is offered what is left of its limit, and more when tokens are back", () => {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const wakes: number[] = [];
  const admission = createAdmission({
    ...options,
    clock,
    wake: (_shard, delayMs) => void wakes.push(delayMs),
  });
  finish(admission, claimAs(admission, "a", 2), "succeeded");
  admission.setQuota("a", { free: 1, refill: 2, refillAtMs: 400, ahead: 0, aheadUntilMs: 0 });
  expect(mustOffer(admission).slots.get("a")).toBe(1);
  const slots = claimAs(admission, "a", 1);
  expect(mustOffer(admission).slots.get("a")).toBe(0);
  admission.setQuota("a", { free: 0, refill: 2, refillAtMs: 400, ahead: 0, aheadUntilMs: 0 });
  finish(admission, slots, "succeeded");
  expect(wakes).toEqual([400]);
  clock.nowMs = 400;
  expect(mustOffer(admission).slots.get("a")).toBe(2);
  admission.setQuota("a", null);
  expect(mustOffer(admission).slots.get("a")).toBeGreaterThan(2);
});
