import { beforeEach, expect, test } from "vitest";
import type { ClaimedDelivery } from "../store/claim.ts";
import type { DeferredDelivery } from "../store/defer.ts";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { createGate, type GateDeps, type WaitingDelivery } from "./gate.ts";

const delivery = (id: string): ClaimedDelivery => ({
  id,
  organizationId: "o",
  eventId: "e",
  subscriptionId: "a",
  shard: 7,
  lane: 0,
  attempt: 1,
  retries: 0,
  leaseToken: `token of ${id}`,
  probe: false,
  subscriptionVersion: 1,
  bodyBytes: 100,
});

let admission: Admission;
let sent: string[];
let deferred: DeferredDelivery[];
let wakes: number[];
let errors: string[];

beforeEach(() => {
  const limits = { fastMax: 64, slowMax: 16, unrecordedMax: 96, bodyBytesMax: 1_000_000, endpointsMax: 10 };
  admission = createAdmission({ ...calmIsolation, ...limits });
  sent = [];
  deferred = [];
  wakes = [];
  errors = [];
});

const createWith = (more: Partial<GateDeps>) =>
  createGate({
    admission,
    clock: { now: () => 0 },
    reserve: async () => [],
    defer: async (rows) => void deferred.push(...rows),
    wakeShard: (_shard, delayMs) => void wakes.push(delayMs),
    onDeferred: () => {},
    onError: (where) => void errors.push(where),
    ...more,
  });

const send = async (granted: WaitingDelivery[]) =>
  void sent.push(...granted.map(({ delivery: { id } }) => id));

/** Claimed deliveries of one endpoint that allows 2 a second. */
function limited(...ids: string[]): WaitingDelivery[] {
  const offer = admission.offer(() => true);
  if (!offer) throw new Error("there is no room");
  const deliveries = ids.map(delivery);
  return admission.claimed(offer, deliveries).map((slot, i) => ({
    delivery: deliveries[i] as ClaimedDelivery,
    slot,
    wait: { reason: "rate_limit", ratePerSecond: 2 },
  }));
}

test("of a claim as many are sent as the rate limit grants, the rest is given back until there are more", async () => {
  const gate = createWith({
    reserve: async (requests) => {
      expect(requests).toEqual([{ subscriptionId: "a", ratePerSecond: 2, wanted: 3 }]);
      return [{ subscriptionId: "a", granted: 1, ahead: 0, left: 0, refill: 1, refillMs: 400 }];
    },
  });
  await gate.settle(limited("first", "second", "third"), send);
  expect(sent).toEqual(["first"]);
  expect(deferred.map(({ id, delayMs }) => [id, delayMs])).toEqual([
    ["second", 400],
    ["third", 400],
  ]);
  expect(wakes).toEqual([400, 400]);
  expect(admission.counts()).toMatchObject({ fast: 1, unrecorded: 1 });
  expect(admission.offer(() => true)?.slots.get("a")).toBe(0);
});

test("what was taken ahead is sent without asking, until it is used or 50 ms after it was asked for", async () => {
  let nowMs = 0;
  const clock = { now: () => nowMs };
  admission = createAdmission({
    ...calmIsolation,
    fastMax: 64,
    slowMax: 16,
    unrecordedMax: 96,
    bodyBytesMax: 1_000_000,
    endpointsMax: 10,
    clock,
  });
  const gate = createWith({
    clock,
    reserve: async () => {
      nowMs += 20;
      return [{ subscriptionId: "a", granted: 1, ahead: 3, left: 40, refill: 10, refillMs: 100 }];
    },
  });
  const waitOfNext = (id: string) => {
    const [{ slot }] = limited(id) as [WaitingDelivery];
    const wait = gate.waitOf(slot, 100);
    admission.answered(slot, "succeeded");
    return wait?.reason ?? null;
  };
  await gate.settle(limited("first"), send);
  nowMs = 49;
  expect(waitOfNext("second")).toBeNull();
  nowMs = 50;
  expect(waitOfNext("third")).toBe("rate_limit");
  await gate.settle(limited("fourth"), send);
  const more = ["fifth", "sixth", "seventh", "eighth"].map(waitOfNext);
  expect(more).toEqual([null, null, null, "rate_limit"]);
  expect(sent).toEqual(["first", "fourth"]);
});

test("when nobody can say what the limit leaves, nothing is sent and everything comes back soon", async () => {
  await createWith({ reserve: () => Promise.reject(new Error("away")) }).settle(
    limited("first", "second"),
    send,
  );
  expect(sent).toEqual([]);
  expect(deferred.map(({ delayMs }) => delayMs)).toEqual([1_000, 1_000]);
  expect(errors).toEqual(["rate limit"]);
  expect(admission.counts()).toMatchObject({ fast: 0, unrecorded: 0 });
});

test("slots are free again even when giving back fails: the leases run out", async () => {
  await createWith({ defer: () => Promise.reject(new Error("away")) }).settle(limited("first"), send);
  expect(errors).toEqual(["defer"]);
  expect(admission.counts()).toMatchObject({ fast: 0, unrecorded: 0 });
});

test("what an endpoint has no free slot for keeps its place, and its shard is looked at again", async () => {
  const gate = createWith({});
  const claimed = limited("first", "second", "third");
  const waits = claimed.map(({ slot }) => gate.waitOf(slot, 2));
  expect(waits.map((wait) => wait?.reason)).toEqual(["rate_limit", "rate_limit", "in_flight_limit"]);
  await gate.settle([{ ...claimed[2], wait: waits[2] } as WaitingDelivery], send);
  expect(deferred.map(({ id, delayMs }) => [id, delayMs])).toEqual([["third", 0]]);
  expect(wakes).toEqual([0]);
  expect(admission.counts()).toMatchObject({ fast: 2, unrecorded: 2 });
});

test("an endpoint that works and has no limit waits for nothing", () => {
  const [{ slot }] = limited("first") as [WaitingDelivery];
  expect(createWith({}).waitOf(slot, null)).toBeNull();
});
