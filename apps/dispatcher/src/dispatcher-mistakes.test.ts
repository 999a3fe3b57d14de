import type { DataKey, Vault } from "@carewire/bus";
import { startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type DispatcherOptions, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

/** Throws the first three times. */
function clumsy<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  let left = 3;
  return (...args) => {
    if (left-- > 0) throw new Error("a mistake");
    return act(...args);
  };
}

/** A vault whose keys fail to seal: that happens when an answer is written down. */
function clumsyVault(): Vault {
  const { vault } = bench;
  let seal: DataKey["seal"] | null = null;
  return {
    ...vault,
    async dataKey(organizationId) {
      const key = await vault.dataKey(organizationId);
      seal ??= clumsy(key.seal);
      return { ...key, seal };
    },
  };
}

const mistakes: [string, () => DispatcherOptions, string][] = [
  [
    "before a request leaves",
    () => {
      const fail = clumsy(() => {});
      return { failpoint: (name) => name === "dispatch.after_claim" && fail() };
    },
    "send: a mistake",
  ],
  ["when an answer is written down", () => ({ vault: clumsyVault() }), "conclude: a mistake"],
];

test.each(mistakes)(
  "a mistake of ours %s leaves its delivery to a retry, the others alone and no slot behind",
  async (_when, options, error) => {
    const receiver = await startReceiver({ answer: { body: "thanks" } });
    await bench.subscribe({ url: receiver.url });
    await bench.publishMany(20);
    const dispatcher = await startDispatcher(bench, options());
    await receiver.waitFor(20, patienceMs);
    await waitUntil(async () => (await bench.deliveries()).every(({ status }) => status === "delivered"));
    await dispatcher.stop();
    expect(await dispatcher.inFlight()).toBe(0);
    expect(dispatcher.errors).toEqual([error, error, error]);
    const marked = dispatcher.attempts.filter(({ record }) => record.outcome === "internal_error");
    expect(marked).toHaveLength(3);
    for (const { record } of marked) {
      expect(record).toMatchObject({ nextStep: "retry", retries: 1 });
      expect(record.reason).toContain("a mistake of ours");
    }
    await receiver.close();
  },
);
