import { describe, expect, test } from "vitest";
import { claimAs, finish, mustOffer } from "../testing/admitting.ts";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { type Admission, createAdmission, type RoutedOffer, type Slot } from "./admission.ts";

const options = {
  ...calmIsolation,
  fastMax: 64,
  slowMax: 16,
  unrecordedMax: 96,
  bodyBytesMax: 1_000_000,
  endpointsMax: 1_000,
};

const everywhere = () => true;

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

  test("that was slow and has nothing to send keeps no slot from one that has", () => {
    const admission = createAdmission({ ...options, slowMax: 2 });
    const ids = ["a", "b", "c"];
    const claimed = ids.map((id, shard) => claimAs(admission, id, 2, mustOffer(admission), shard));
    for (const slots of claimed) for (const slot of slots) admission.overdue(slot);
    for (const slots of claimed) finish(admission, slots, "succeeded");
    expect(mustOffer(admission, (shard) => shard === 2).slots).toEqual(new Map([["c", 2]]));
  });

  test("that is slow gets its turn however many others are", () => {
    const admission = createAdmission({ ...options, slowMax: 2 });
    const ids = ["a", "b", "c", "d", "e"];
    for (const id of ids) finish(admission, claimAs(admission, id, 2), "timed_out");
    const turns = Array.from({ length: 5 }, () => {
      const offer = mustOffer(admission);
      admission.claimed(offer, []);
      return ids.filter((id) => (offer.slots.get(id) ?? 0) > 0);
    });
    expect(turns.flat().sort()).toEqual([...ids, ...ids].sort());
  });

  test("that is slow and was offered nothing is looked at again as soon as a slow slot is free", () => {
    const wakes: number[] = [];
    const admission = createAdmission({ ...options, slowMax: 1, wake: (shard) => void wakes.push(shard) });
    for (const id of ["a", "b"]) finish(admission, claimAs(admission, id, 1), "timed_out");
    const offer = mustOffer(admission);
    const [served, starved] = offer.slots.get("a") === 1 ? ["a", "b"] : ["b", "a"];
    expect(offer.slots.get(starved)).toBe(0);
    const slots = claimAs(admission, served, 1, offer);
    expect(wakes).toEqual([]);
    finish(admission, slots, "timed_out");
    expect(wakes).toEqual([1]);
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

test("less is offered the more bytes are in flight, and something when none are, however large one body is", () => {
  const admission = createAdmission({
    ...options,
    fastMax: 10_000,
    unrecordedMax: 10_000,
    bodyBytesMax: 100_000,
  });
  const claimLarge = (rows: number, bodyBytes: number) =>
    claimAs(admission, "a", rows, mustOffer(admission), 1, bodyBytes);
  const slots = claimLarge(20, 1_000);
  expect(mustOffer(admission).deliveriesMax).toBe(80);
  finish(admission, slots, "succeeded");
  const huge = claimLarge(1, 1_000_000);
  expect(admission.offer(everywhere)).toBeNull();
  finish(admission, huge, "succeeded");
  expect(mustOffer(admission).deliveriesMax).toBe(32);
  expect(admission.counts().bodyBytes).toBe(0);
});

test("large bodies that hang stop nobody: once overdue they no longer count", () => {
  const admission = createAdmission({ ...options, bodyBytesMax: 100_000 });
  const hanging = claimAs(admission, "a", 2, mustOffer(admission), 1, 50_000);
  expect(admission.offer(everywhere)).toBeNull();
  for (const slot of hanging) admission.overdue(slot);
  expect(admission.offer(everywhere)).not.toBeNull();
  finish(admission, hanging, "timed_out");
  const again = claimAs(admission, "a", 2, mustOffer(admission), 1, 50_000);
  expect(admission.offer(everywhere)).not.toBeNull();
  finish(admission, again, "timed_out");
  expect(admission.counts()).toMatchObject({ slow: 0, bodyBytes: 0 });
});

test("nothing is offered while outcomes wait for the database, however many answers came", () => {
  const admission = createAdmission({ ...options, fastMax: 10_000 });
  const slots = Array.from({ length: 96 }, (_, i) => `e${i}`).flatMap((id) => {
    const offer = admission.offer(everywhere);
    return offer ? claimAs(admission, id, 1, offer) : [];
  });
  for (const slot of slots) admission.answered(slot, "succeeded");
  expect(admission.counts().fast).toBe(0);
  expect(admission.offer(everywhere)).toBeNull();
  for (const _ of slots) admission.recorded();
  expect(admission.offer(everywhere)).not.toBeNull();
});

describe("as events are routed", () => {
  const roomy = { ...options, fastMax: 1_024, unrecordedMax: 4_096 };
  const place = (subscriptionId: string) => ({
    subscriptionId,
    shard: 1,
    lane: 0,
    probe: false,
    bodyBytes: 1,
  });
  const offered = (admission: Admission, id: string) => {
    const offer = admission.offerRouted();
    if (!offer) return null;
    admission.withdraw(offer);
    return offer.slots.get(id) ?? offer.slotsDefault;
  };
  function lease(admission: Admission, ids: string[]): Slot[] {
    const offer = admission.offerRouted();
    if (!offer) throw new Error("there is no room");
    return admission.leased(offer, ids.map(place));
  }

  test("an endpoint gets what is free, and what it was given is taken", () => {
    const admission = createAdmission(roomy);
    expect(offered(admission, "a")).toBe(2);
    const slots = lease(admission, ["a"]);
    expect(offered(admission, "a")).toBe(1);
    expect(admission.counts()).toMatchObject({ fast: 1, unrecorded: 1 });
    finish(admission, slots, "succeeded");
    expect(offered(admission, "a")).toBe(2);
    expect(admission.counts()).toMatchObject({ fast: 0, unrecorded: 0 });
  });

  test("an endpoint that took all it was offered probably has more waiting, and its next answer asks for that", () => {
    const admission = createAdmission(roomy);
    const slots = lease(admission, ["a", "a"]);
    expect(offered(admission, "a")).toBe(0);
    expect(admission.answered(slots[0] as Slot, "succeeded")).toBe(true);
    expect(offered(admission, "a")).toBe(0);
    admission.claimed(mustOffer(admission), []);
    expect(offered(admission, "a")).toBeGreaterThan(0);
  });

  test("what a claim under way may bring is not given away as well, and comes back with what it did not bring", () => {
    const admission = createAdmission({ ...roomy, fastMax: 600 });
    finish(admission, claimAs(admission, "a", 2), "succeeded");
    lease(admission, ["a"]);
    const free = offered(admission, "a");
    const claiming = mustOffer(admission);
    expect(admission.isRoomy()).toBe(false);
    expect(admission.offerRouted()).toBeNull();
    admission.withdraw(claiming);
    expect(offered(admission, "a")).toBe(free);
  });

  test("what routing may bring is not claimed as well", () => {
    const admission = createAdmission({ ...roomy, fastMax: 600 });
    const routing = admission.offerRouted();
    expect([routing?.deliveriesMax, mustOffer(admission).deliveriesMax]).toEqual([500, 100]);
    admission.leased(routing as RoutedOffer, []);
    expect(mustOffer(admission).deliveriesMax).toBe(500);
  });

  test("an endpoint brought to by routing and by a claim that knew nothing of each other is sent no more than it may have", () => {
    const admission = createAdmission(roomy);
    const claiming = mustOffer(admission);
    const routing = admission.offerRouted() as RoutedOffer;
    const routed = admission.leased(routing, [place("a"), place("a")]);
    expect(routed.map(admission.heldBackMs)).toEqual([null, null]);
    const surplus = claimAs(admission, "a", 2, claiming);
    expect(surplus.map(admission.heldBackMs)).toEqual([0, 0]);
    finish(admission, surplus, "not_sent");
    // What was given back is asked for by the next answer.
    expect(mustOffer(admission).slots.get("a")).toBe(0);
    expect(admission.answered(routed[0] as Slot, "succeeded")).toBe(true);
  });

  test("an endpoint for which others wait gets none, or it would be sent new events before old ones", () => {
    const admission = createAdmission(roomy);
    const slots = claimAs(admission, "a", 2);
    finish(admission, slots.slice(0, 1), "succeeded");
    expect(offered(admission, "a")).toBe(0);
    finish(admission, slots.slice(1), "succeeded");
    claimAs(admission, "a", 1);
    expect(offered(admission, "a")).toBeGreaterThan(0);
  });

  test("a slow endpoint and a broken one get none, one with a rate limit what that leaves", () => {
    const admission = createAdmission(roomy);
    for (const id of ["slow", "limited"]) finish(admission, claimAs(admission, id, 1), "succeeded");
    admission.overdue(claimAs(admission, "slow", 1)[0] as Slot);
    admission.setQuota("limited", {
      free: 1,
      refill: 5,
      refillAtMs: Number.MAX_SAFE_INTEGER,
      ahead: 0,
      aheadUntilMs: 0,
    });
    claimAs(admission, "broken", 1);
    admission.adopt("broken", { state: "open", opens: 1, remainingMs: 60_000, limit: 1 });
    expect(["slow", "limited", "broken"].map((id) => offered(admission, id))).toEqual([0, 1, 0]);
  });

  test("an endpoint asks for more by itself only while an answer of it is to come and nothing is free", () => {
    const admission = createAdmission(roomy);
    expect(admission.asksLater("unknown")).toBe(false);
    const slots = lease(admission, ["a"]);
    expect(admission.asksLater("a")).toBe(false);
    slots.push(...lease(admission, ["a"]));
    expect(admission.asksLater("a")).toBe(true);
    expect(admission.answered(slots[0] as Slot, "succeeded")).toBe(true);
    admission.answered(slots[1] as Slot, "succeeded");
    expect(admission.asksLater("a")).toBe(false);
  });

  test("what is routed while a claim is under way is not forgotten because the claim did not see it", () => {
    const admission = createAdmission(roomy);
    const slots = lease(admission, ["a"]);
    const claiming = mustOffer(admission);
    expect(claiming.slots.get("a")).toBe(1);
    slots.push(
      ...admission.leased({ deliveriesMax: 1, slots: new Map([["a", 2]]), slotsDefault: 2 }, [place("a")]),
    );
    expect(admission.asksLater("a")).toBe(true);
    admission.claimed(claiming, []);
    expect(admission.answered(slots[0] as Slot, "succeeded")).toBe(true);
  });

  test("with little room nothing is offered", () => {
    const admission = createAdmission({ ...roomy, fastMax: 130 });
    expect(admission.isRoomy()).toBe(true);
    lease(admission, ["a", "a", "b"]);
    expect([admission.isRoomy(), admission.offerRouted()]).toEqual([false, null]);
  });
});
