import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Admission, createAdmission, type Offer, type Slot } from "./admission.ts";

const options = { fastMax: 64, slowMax: 16, unrecordedMax: 96, endpointsMax: 1_000 };

function claimAs(admission: Admission, endpoint: string, rows: number, offer = mustOffer(admission)): Slot[] {
  const deliveries = Array.from({ length: rows }, () => ({ subscriptionId: endpoint, shard: 1, lane: 0 }));
  return admission.claimed(offer, deliveries);
}

function mustOffer(admission: Admission): Offer {
  const offer = admission.offer();
  if (!offer) throw new Error("there is no room");
  return offer;
}

function finish(
  admission: Admission,
  slots: Slot[],
  result: "succeeded" | "failed" | "timed_out" | "not_sent",
) {
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
  | { do: "answer"; pick: number; result: "succeeded" | "failed" | "timed_out" | "not_sent" }
  | { do: "overdue"; pick: number };

const endpointCount = 3;
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("publish" as const), endpoint: fc.nat(endpointCount - 1), rows: fc.nat(8) }),
  fc.record({ do: fc.constantFrom("offer" as const, "claim" as const, "record" as const) }),
  fc.record({
    do: fc.constant("answer" as const),
    pick: fc.nat(1_000),
    result: fc.constantFrom("succeeded", "failed", "timed_out", "not_sent"),
  }),
  fc.record({ do: fc.constant("overdue" as const), pick: fc.nat(1_000) }),
);

/** Queues, a claim and the marks of the claim loop, as simple as they can be. One endpoint per shard. */
class Model {
  readonly admission = createAdmission(options);
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
      case "answer":
        this.#answer(step.pick, step.result);
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
      Array.from({ length: count }, () => ({ subscriptionId: `e${shard}`, shard, lane: 0 })),
    );
    this.inFlight.push(...this.admission.claimed(offer, deliveries));
    if (room === 0) for (const shard of shards) this.marked.add(shard);
    for (const [shard, count] of rows) {
      const offered = offer.slots.get(`e${shard}`) ?? offer.slotsDefault;
      if (count >= offered && this.admission.hasRoom(`e${shard}`)) this.marked.add(shard);
    }
  }

  #overdue(pick: number): void {
    const slot = this.inFlight[pick % Math.max(1, this.inFlight.length)];
    if (!slot) return;
    this.late.add(slot.endpoint);
    this.admission.overdue(slot);
  }

  #answer(pick: number, result: "succeeded" | "failed" | "timed_out" | "not_sent"): void {
    const [slot] = this.inFlight.splice(pick % Math.max(1, this.inFlight.length), 1);
    if (!slot) return;
    if (result === "timed_out") this.late.add(slot.endpoint);
    if (this.admission.answered(slot, result)) this.marked.add(slot.shard);
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
      if (!this.queued[shard] || !this.admission.hasRoom(`e${shard}`)) continue;
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
        while (model.inFlight.length > 0) model.step({ do: "answer", pick: 0, result: "succeeded" });
        while (model.unrecorded > 0) model.step({ do: "record" });
        expect(model.admission.counts()).toMatchObject({ fast: 0, slow: 0, unrecorded: 0 });
      }),
    );
  });
});
