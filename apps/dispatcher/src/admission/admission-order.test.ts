import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { type Answer, createAdmission, type Offer, type Slot } from "./admission.ts";

const options = {
  ...calmIsolation,
  fastMax: 64,
  slowMax: 4,
  unrecordedMax: 96,
  bodyBytesMax: 5_000,
  endpointsMax: 1_000,
};

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
    const offer = this.admission.offer((shard) => this.marked.has(shard));
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
      Array.from({ length: count }, () => ({
        subscriptionId: `e${shard}`,
        shard,
        lane: 0,
        probe: false,
        bodyBytes: 100,
      })),
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
    this.admission.overdue(slot);
  }

  #answer(pick: number, result: Answer, pauseMs: number | null): void {
    const [slot] = this.inFlight.splice(pick % Math.max(1, this.inFlight.length), 1);
    if (!slot) return;
    if (this.admission.answered(slot, result, pauseMs)) this.marked.add(slot.shard);
    this.unrecorded++;
  }

  check(): void {
    const { fast, slow, unrecorded, bodyBytes } = this.admission.counts();
    expect(fast).toBeGreaterThanOrEqual(0);
    expect(slow).toBeGreaterThanOrEqual(0);
    expect(fast).toBeLessThanOrEqual(options.fastMax);
    expect(unrecorded).toBeLessThanOrEqual(options.unrecordedMax);
    expect(fast + slow).toBe(this.inFlight.length);
    expect(bodyBytes).toBe(100 * fast);
    expect(bodyBytes).toBeLessThanOrEqual(options.bodyBytesMax);
    expect(unrecorded).toBe(this.inFlight.length + this.unrecorded);
    this.#checkMarks();
  }

  /** Whoever has work and room is due for a look. */
  #checkMarks(): void {
    for (let shard = 0; shard < endpointCount; shard++) {
      if (this.running?.shards.includes(shard)) continue;
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
        expect(model.admission.counts()).toMatchObject({ fast: 0, slow: 0, unrecorded: 0, bodyBytes: 0 });
      }),
    );
  });
});
