import { eventually } from "@carewire/testkit";
import { expect, test } from "vitest";
import type { IdempotencyStore } from "../store.ts";
import type { StoreTimes } from "../store-times.ts";

/** Makes a store over what all stores of a test share, as another process would. */
export type MakeStore = (times?: StoreTimes) => IdempotencyStore;

let made = 0;
const newId = () => `evt_${process.pid}_${Date.now()}_${++made}`;

/** Long enough for a busy machine to look twice within it. */
const short = { leaseSeconds: 1.5 };

/** Tests what every store promises, over two stores that share what they remember. */
export function testStoreGuarantees(make: MakeStore): void {
  test("of 50 parallel claims of one id one is claimed, the others are busy", async () => {
    const [one, other] = [make(), make()];
    const id = newId();
    const claims = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).claim(id)));
    expect(claims.filter((claim) => claim === "claimed")).toHaveLength(1);
    expect(claims.filter((claim) => claim === "busy")).toHaveLength(49);
  });

  test("what was committed is done, for every process, whatever comes after", async () => {
    const [one, other] = [make(), make()];
    const id = newId();
    expect(await one.claim(id)).toBe("claimed");
    await one.commit(id);
    expect([await one.claim(id), await other.claim(id)]).toEqual(["done", "done"]);
    await one.release(id);
    await other.release(id);
    expect(await other.claim(id)).toBe("done");
  });

  test("what was released can be claimed at once", async () => {
    const [one, other] = [make(), make()];
    const id = newId();
    await one.claim(id);
    expect(await other.claim(id)).toBe("busy");
    await one.release(id);
    expect(await other.claim(id)).toBe("claimed");
  });

  test("each of 100 events is processed once, by claimers that all try all of them", async () => {
    const stores = [make(), make(), make()];
    const ids = Array.from({ length: 100 }, newId);
    const processed: string[] = [];
    const work = async (store: IdempotencyStore, id: string) => {
      if ((await store.claim(id)) !== "claimed") return;
      processed.push(id);
      await store.commit(id);
    };
    await Promise.all(stores.flatMap((store) => ids.map((id) => work(store, id))));
    expect(processed.sort()).toEqual(ids.sort());
  });

  test("a claim that nobody ends is busy until its lease is over, and free then", async () => {
    const [one, other] = [make(short), make(short)];
    const id = newId();
    const startedMs = performance.now();
    await one.claim(id);
    const found = new Set<string>();
    await eventually(async () => found.add(await other.claim(id)).has("claimed"));
    expect(found).not.toContain("done");
    expect(performance.now() - startedMs).toBeGreaterThan(1_300);
  });

  test("a process whose lease is over frees nothing that is another's by now, and its commit counts", async () => {
    const late = make({ leaseSeconds: 0.05 });
    const [other, third] = [make(), make()];
    const id = newId();
    await late.claim(id);
    await eventually(async () => (await other.claim(id)) === "claimed");
    await late.release(id);
    expect(await third.claim(id)).toBe("busy");
    await late.commit(id);
    await other.release(id);
    expect(await third.claim(id)).toBe("done");
  });

  test("what was processed is forgotten after its time", async () => {
    const store = make({ ttlSeconds: 0.05 });
    const id = newId();
    await store.claim(id);
    await store.commit(id);
    await eventually(async () => (await store.claim(id)) === "claimed");
  });

  test("ids are told apart to the byte, whatever they hold", async () => {
    const store = make();
    const ids = [
      `A${newId()}`,
      `a${newId()}`,
      `${newId()}'; drop table x; --`,
      `${newId()}"%_\\`,
      "ü".repeat(200),
    ];
    for (const id of ids) expect(await store.claim(id), id).toBe("claimed");
    for (const id of ids) await store.release(id);
  });
}
