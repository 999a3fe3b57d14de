import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "./memory-store.ts";

test("it never holds more than its limit, and never gives one event to two", async () => {
  const step = fc.record({
    act: fc.constantFrom("claim", "commit", "release", "wait"),
    id: fc.nat(6).map(String),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, entriesMax) => {
        let nowMs = 0;
        const store = createMemoryStore({ entriesMax, leaseSeconds: 10, ttlSeconds: 30, now: () => nowMs });
        const heldUntil = new Map<string, number>();
        for (const { act, id } of steps) {
          if (act === "wait") nowMs += 4_000;
          const isHeld = (heldUntil.get(id) ?? 0) > nowMs;
          if (act === "claim" && (await store.claim(id)) === "claimed") {
            expect(isHeld).toBe(false);
            heldUntil.set(id, nowMs + 10_000);
          }
          // As a handler does: what is committed or released is one's own.
          if (act === "commit" && isHeld) await store.commit(id);
          if (act === "release" && isHeld) await store.release(id);
          if ((act === "commit" || act === "release") && isHeld) heldUntil.delete(id);
          const held = [...heldUntil.values()].filter((untilMs) => untilMs > nowMs);
          expect(held.length).toBeLessThanOrEqual(entriesMax);
        }
      },
    ),
  );
});

test("when it is full, what was processed longest ago is forgotten; what is being processed never is", async () => {
  const store = createMemoryStore({ entriesMax: 2, now: () => 0 });
  for (const id of ["a", "b", "c"]) {
    expect(await store.claim(id)).toBe("claimed");
    await store.commit(id);
  }
  expect([await store.claim("b"), await store.claim("c")]).toEqual(["done", "done"]);
  expect([await store.claim("d"), await store.claim("e")]).toEqual(["claimed", "claimed"]);
  expect(await store.claim("f")).toBe("busy");
  await store.release("d");
  expect(await store.claim("f")).toBe("claimed");
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9])(
  "a lease of %s seconds is refused",
  (leaseSeconds) => {
    expect(() => createMemoryStore({ leaseSeconds })).toThrow(/leaseSeconds/);
  },
);

describe("a store in memory", () => {
  const store = createMemoryStore();
  test("of 50 parallel claims of one id one is claimed", async () => {
    const claims = await Promise.all(Array.from({ length: 50 }, () => store.claim("evt_1")));
    expect(claims.filter((claim) => claim === "claimed")).toHaveLength(1);
    expect(claims.filter((claim) => claim === "busy")).toHaveLength(49);
    await store.commit("evt_1");
    await store.release("evt_1");
    expect(await store.claim("evt_1")).toBe("done");
  });

  test("a claim that nobody ends is free when its lease is over; what was processed is, after its time", async () => {
    let nowMs = 1_000;
    const timed = createMemoryStore({ leaseSeconds: 5, ttlSeconds: 60, now: () => nowMs });
    await timed.claim("evt_2");
    nowMs += 4_999;
    expect(await timed.claim("evt_2")).toBe("busy");
    nowMs += 1;
    expect(await timed.claim("evt_2")).toBe("claimed");
    await timed.commit("evt_2");
    nowMs += 59_999;
    expect(await timed.claim("evt_2")).toBe("done");
    nowMs += 1;
    expect(await timed.claim("evt_2")).toBe("claimed");
  });
});
