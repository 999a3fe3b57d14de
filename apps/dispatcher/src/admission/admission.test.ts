import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { type Admission, type Answer, createAdmission, type Offer, type Slot } from "./admission.ts";

const breaker = { failuresMax: 4, pauseMs: 1_000, pauseMsMax: 8_000 };
const options = {
  ...calmIsolation,
  breaker,
  fastMax: 64,
  slowMax: 16,
  unrecordedMax: 96,
  endpointsMax: 1_000,
};

function claimAs(admission: Admission, endpoint: string, rows: number, offer = mustOffer(admission)): Slot[] {
  const deliveries = Array.from({ length: rows }, () => ({
    subscriptionId: endpoint,
    shard: 1,
    lane: 0,
    probe: false,
  }));
  return admission.claimed(offer, deliveries);
}

function mustOffer(admission: Admission): Offer {
  const offer = admission.offer();
  if (!offer) throw new Error("there is no room");
  return offer;
}

function finish(admission: Admission, slots: Slot[], result: Answer) {
  for (const slot of slots) {
    admission.answered(slot, result);
    admission.recorded();
  }
}

describe("an endpoint", () => {
  test("nobody knows yet gets two requests at a time", () => {
    expect(mustOffer(createAdmission(options)).slotsDefault).toBe(2);
  });

  test("gets more with every good answer while more is waiting, and half after a failure", () => {
    const admission = createAdmission(options);
    finish(admission, claimAs(admission, "a", 2), "succeeded");
    expect(admission.limitOf("a")).toBe(4);
    finish(admission, claimAs(admission, "a", 1), "failed");
    expect(admission.limitOf("a")).toBe(2);
  });

  test("does not learn from what was never sent", () => {
    const admission = createAdmission(options);
    finish(admission, claimAs(admission, "a", 2), "not_sent");
    expect(admission.limitOf("a")).toBe(2);
  });

  test("with an overdue answer takes from the slow quota, and leaves it with the next good answer in time", () => {
    const admission = createAdmission(options);
    const [late] = claimAs(admission, "a", 1) as [Slot];
    admission.overdue(late);
    expect(admission.counts()).toMatchObject({ fast: 0, slow: 1 });
    finish(admission, [late], "timed_out");
    const next = claimAs(admission, "a", 1);
    expect(admission.counts()).toMatchObject({ fast: 0, slow: 1 });
    finish(admission, next, "succeeded");
    const afterwards = claimAs(admission, "a", 1);
    expect(admission.counts()).toMatchObject({ fast: 1, slow: 0 });
    finish(admission, afterwards, "succeeded");
  });

  test("that times out is offered no more than what is left of the slow quota", () => {
    const admission = createAdmission({ ...options, slowMax: 1 });
    for (const id of ["a", "b"]) finish(admission, claimAs(admission, id, 1), "timed_out");
    const { slots } = mustOffer(admission);
    expect([...slots.values()].reduce((sum, free) => sum + free, 0)).toBe(1);
  });

  test("whose answers come while a claim passes it by asks for another look", () => {
    const admission = createAdmission(options);
    finish(admission, claimAs(admission, "a", 2), "succeeded");
    const [failing, ...slots] = claimAs(admission, "a", 3) as [Slot, ...Slot[]];
    finish(admission, [failing], "failed");
    const running = mustOffer(admission);
    expect(running.slots.get("a")).toBe(0);
    const looks = slots.map((slot) => admission.answered(slot, "succeeded"));
    admission.claimed(running, []);
    expect(looks).toContain(true);
  });

  test("is forgotten when too many others came, unless it is in use", () => {
    const admission = createAdmission({ ...options, endpointsMax: 3 });
    const busy = claimAs(admission, "busy", 1);
    for (const id of ["a", "b", "c", "d"]) finish(admission, claimAs(admission, id, 1), "succeeded");
    expect(admission.counts().endpoints).toBe(3);
    finish(admission, busy, "succeeded");
    expect(admission.counts()).toMatchObject({ fast: 0, slow: 0, unrecorded: 0 });
  });
});

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

test("a rate-limited endpoint is offered what is left of its limit, and more when tokens are back", () => {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const wakes: number[] = [];
  const admission = createAdmission({
    ...options,
    clock,
    wake: (_shard, delayMs) => void wakes.push(delayMs),
  });
  finish(admission, claimAs(admission, "a", 2), "succeeded");
  admission.setQuota("a", { free: 1, refill: 2, refillAtMs: 400 });
  expect(mustOffer(admission).slots.get("a")).toBe(1);
  const slots = claimAs(admission, "a", 1);
  expect(mustOffer(admission).slots.get("a")).toBe(0);
  admission.setQuota("a", { free: 0, refill: 2, refillAtMs: 400 });
  finish(admission, slots, "succeeded");
  expect(wakes).toEqual([400]);
  clock.nowMs = 400;
  expect(mustOffer(admission).slots.get("a")).toBe(2);
  admission.setQuota("a", null);
  expect(mustOffer(admission).slots.get("a")).toBeGreaterThan(2);
});

test("nothing is offered while outcomes wait for the database, however many answers came", () => {
  const admission = createAdmission({ ...options, fastMax: 10_000 });
  const slots = Array.from({ length: 96 }, (_, i) => `e${i}`).flatMap((id) => {
    const offer = admission.offer();
    return offer ? claimAs(admission, id, 1, offer) : [];
  });
  for (const slot of slots) admission.answered(slot, "succeeded");
  expect(admission.counts().fast).toBe(0);
  expect(admission.offer()).toBeNull();
  for (const _ of slots) admission.recorded();
  expect(admission.offer()).not.toBeNull();
});

type Step =
  | { do: "publish"; endpoint: number; rows: number }
  | { do: "offer" | "claim" | "record" }
  | { do: "wait"; ms: number }
  | { do: "answer"; pick: number; result: Answer; pauseMs: number | null }
  | { do: "overdue"; pick: number };

const endpointCount = 3;
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("publish" as const), endpoint: fc.nat(endpointCount - 1), rows: fc.nat(8) }),
  fc.record({ do: fc.constantFrom("offer" as const, "claim" as const, "record" as const) }),
  fc.record({
    do: fc.constant("answer" as const),
    pick: fc.nat(1_000),
    result: fc.constantFrom<Answer>("succeeded", "failed", "timed_out", "throttled", "not_sent"),
    pauseMs: fc.option(fc.nat(10_000)),
  }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.nat(5_000) }),
  fc.record({ do: fc.constant("overdue" as const), pick: fc.nat(1_000) }),
);

/** Queues, a claim and the marks of the claim loop, as simple as they can be. One endpoint per shard. */
class Model {
  nowMs = 0;
  readonly wakes: { shard: number; atMs: number }[] = [];
  readonly admission = createAdmission({
    ...options,
    // Few, so that breakers open often.
    breaker: { failuresMax: 2, pauseMs: 1_000, pauseMsMax: 8_000 },
    clock: { now: () => this.nowMs },
    wake: (shard, delayMs) => this.#wake(shard, delayMs),
  });
  readonly queued = new Array<number>(endpointCount).fill(0);
  readonly marked = new Set<number>();
  readonly late = new Set<string>();
  inFlight: Slot[] = [];
  unrecorded = 0;
  running: { offer: Offer; shards: number[] } | null = null;

  step(step: Step): void {
    switch (step.do) {
      case "publish":
        this.queued[step.endpoint] = (this.queued[step.endpoint] ?? 0) + step.rows;
        this.marked.add(step.endpoint);
        return;
      case "offer":
        this.#offer();
        return;
      case "claim":
        this.#claim();
        return;
      case "record":
        if (this.unrecorded === 0) return;
        this.unrecorded--;
        this.admission.recorded();
        return;
      case "overdue":
        this.#overdue(step.pick);
        return;
      case "wait":
        this.#wait(step.ms);
        return;
      case "answer":
        this.#answer(step.pick, step.result, step.pauseMs);
    }
  }

  #offer(): void {
    if (this.running || this.marked.size === 0) return;
    const offer = this.admission.offer();
    if (!offer) return;
    this.running = { offer, shards: [...this.marked] };
    this.marked.clear();
  }

  #claim(): void {
    if (!this.running) return;
    const { offer, shards } = this.running;
    this.running = null;
    const rows = new Map<number, number>();
    let room = offer.deliveriesMax;
    for (const shard of shards) {
      const free = offer.slots.get(`e${shard}`) ?? offer.slotsDefault;
      const taken = Math.min(free, this.queued[shard] ?? 0, room);
      if (taken > 0) rows.set(shard, taken);
      room -= taken;
      this.queued[shard] = (this.queued[shard] ?? 0) - taken;
    }
    const deliveries = [...rows].flatMap(([shard, count]) =>
      Array.from({ length: count }, () => ({ subscriptionId: `e${shard}`, shard, lane: 0, probe: false })),
    );
    const slots = this.admission.claimed(offer, deliveries);
    if (room === 0) for (const shard of shards) this.marked.add(shard);
    for (const [shard, count] of rows) {
      const offered = offer.slots.get(`e${shard}`) ?? offer.slotsDefault;
      if (count >= offered && this.admission.hasRoom(`e${shard}`)) this.marked.add(shard);
    }
    this.inFlight.push(...slots.filter((slot) => !this.#holdBack(slot)));
  }

  #wake(shard: number, delayMs: number): void {
    if (delayMs > 0) this.wakes.push({ shard, atMs: this.nowMs + delayMs });
    else this.marked.add(shard);
  }

  #wait(ms: number): void {
    this.nowMs += ms;
    for (const { shard } of this.wakes.filter(({ atMs }) => atMs <= this.nowMs)) this.marked.add(shard);
    this.wakes.splice(0, this.wakes.length, ...this.wakes.filter(({ atMs }) => atMs > this.nowMs));
  }

  /** What the deliverer does with a claimed delivery whose endpoint is broken. */
  #holdBack(slot: Slot): boolean {
    const delayMs = this.admission.heldBackMs(slot);
    if (delayMs === null) return false;
    this.queued[slot.shard] = (this.queued[slot.shard] ?? 0) + 1;
    this.#wake(slot.shard, delayMs);
    if (this.admission.answered(slot, "not_sent")) this.marked.add(slot.shard);
    this.admission.recorded();
    return true;
  }

  #overdue(pick: number): void {
    const slot = this.inFlight[pick % Math.max(1, this.inFlight.length)];
    if (!slot) return;
    this.late.add(slot.endpoint);
    this.admission.overdue(slot);
  }

  #answer(pick: number, result: Answer, pauseMs: number | null): void {
    const [slot] = this.inFlight.splice(pick % Math.max(1, this.inFlight.length), 1);
    if (!slot) return;
    if (result === "timed_out") this.late.add(slot.endpoint);
    if (this.admission.answered(slot, result, pauseMs)) this.marked.add(slot.shard);
    this.unrecorded++;
  }

  check(): void {
    const { fast, slow, unrecorded } = this.admission.counts();
    expect(fast).toBeGreaterThanOrEqual(0);
    expect(slow).toBeGreaterThanOrEqual(0);
    expect(fast).toBeLessThanOrEqual(options.fastMax);
    expect(unrecorded).toBeLessThanOrEqual(options.unrecordedMax);
    expect(fast + slow).toBe(this.inFlight.length);
    expect(unrecorded).toBe(this.inFlight.length + this.unrecorded);
    this.#checkMarks();
  }

  /** Slow endpoints may wait for the sweep; everybody else with work and room is due for a look. */
  #checkMarks(): void {
    for (let shard = 0; shard < endpointCount; shard++) {
      if (this.running?.shards.includes(shard) || this.late.has(`e${shard}`)) continue;
      if (!this.queued[shard]) continue;
      if (this.admission.kept(`e${shard}`)?.state === "open") {
        const known = this.marked.has(shard) || this.wakes.some((wake) => wake.shard === shard);
        expect(known, `endpoint ${shard} is broken and nothing wakes it`).toBe(true);
      }
      if (!this.admission.hasRoom(`e${shard}`)) continue;
      expect(this.marked.has(shard), `endpoint ${shard} has ${this.queued[shard]} rows and room`).toBe(true);
    }
  }
}

describe("for any order of publishing, claiming, answering and recording", () => {
  test("counts stay within their bounds and no endpoint with work and room is left unmarked", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 200 }), (sequence) => {
        const model = new Model();
        for (const step of sequence) {
          model.step(step);
          model.check();
        }
      }),
      { numRuns: 300 },
    );
  });

  test("every slot comes back: at idle nothing is in flight and nothing unrecorded", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 100 }), (sequence) => {
        const model = new Model();
        for (const step of sequence) model.step(step);
        model.step({ do: "claim" });
        while (model.inFlight.length > 0) {
          model.step({ do: "answer", pick: 0, result: "succeeded", pauseMs: null });
        }
        while (model.unrecorded > 0) model.step({ do: "record" });
        expect(model.admission.counts()).toMatchObject({ fast: 0, slow: 0, unrecorded: 0 });
      }),
    );
  });
});
