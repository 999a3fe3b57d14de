import { setTimeout as sleep } from "node:timers/promises";
import { createGroupCommit } from "@carewire/db";
import { type AttemptRecord, recordAttempts } from "@carewire/delivery";
import { createMetrics } from "@carewire/service-kit";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAdmission, type Slot } from "./admission/admission.ts";
import { createClaimLoop } from "./claim-loop.ts";
import { createDispatcherMetrics } from "./dispatcher-metrics.ts";
import { createRouteLoop } from "./route-loop.ts";
import { createDirtyShards } from "./shards/dirty-shards.ts";
import { allShards } from "./shards/ownership.ts";
import type { Claim, ClaimedDelivery } from "./store/claim.ts";
import { deferDeliveries } from "./store/defer.ts";
import { calmIsolation } from "./testing/calm-isolation.ts";
import { recordOf } from "./testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

interface World {
  fastMax: number;
  slowMax: number;
  /** Of the answers, so many come late: their endpoints are slow from then on. */
  overdueShare: number;
  /** So many failures in a row break an endpoint for a moment. */
  failuresMax: number;
  /** Numbers in [0, 1), used in turn. */
  chances: number[];
}

/** Both loops over one admission. Nothing sweeps: what neither of them was told of stays where it is. */
function startLoops({ fastMax, slowMax, overdueShare, failuresMax, chances }: World) {
  let turn = 0;
  const random = () => chances[turn++ % chances.length] as number;
  const dirty = createDirtyShards();
  const errors: unknown[] = [];
  const sent = new Map<string, number>();
  const records = createGroupCommit<AttemptRecord, undefined>({
    flush: async (batch) => {
      await recordAttempts(bench.sql, batch);
      return new Array(batch.length);
    },
    ...{ batchMax: 100, waitingMax: 10_000, intervalMs: 2 },
  });
  const admission = createAdmission({
    ...calmIsolation,
    clock: { now: () => performance.now() },
    breaker: { failuresMax, pauseMs: 2, pauseMsMax: 4 },
    ...{ fastMax, slowMax, unrecordedMax: 4_096, bodyBytesMax: 1_000_000, endpointsMax: 100 },
    wake: markIn,
  });

  function mark(shard: number): void {
    dirty.mark(shard);
    claimLoop.poke();
  }
  function markIn(shard: number, delayMs: number): void {
    // A little longer: a timer may be early.
    if (delayMs > 0) setTimeout(() => mark(shard), delayMs + 5);
    else mark(shard);
  }
  /** As the gate does with what was claimed for an endpoint that broke meanwhile. */
  async function holdBack(
    slot: Slot,
    { id, leaseToken, shard }: ClaimedDelivery,
    delayMs: number,
  ): Promise<void> {
    await deferDeliveries(bench.sql, [{ id, leaseToken, delayMs }]);
    admission.answered(slot, "not_sent");
    admission.recorded();
    markIn(shard, delayMs);
  }
  async function finish(slot: Slot, delivery: ClaimedDelivery): Promise<void> {
    if (random() < overdueShare) admission.overdue(slot);
    if (admission.answered(slot, random() < 0.3 ? "failed" : "succeeded")) mark(delivery.shard);
    await records.submit(recordOf(delivery));
    admission.recorded();
    claimLoop.poke();
  }
  async function deliver({ deliveries }: Claim, slots: Slot[]): Promise<void> {
    for (const [i, delivery] of deliveries.entries()) {
      const slot = slots[i] as Slot;
      const fail = (error: unknown) => errors.push(error);
      const delayMs = admission.heldBackMs(slot);
      if (delayMs !== null) {
        holdBack(slot, delivery, delayMs).catch(fail);
        continue;
      }
      sent.set(delivery.id, (sent.get(delivery.id) ?? 0) + 1);
      setTimeout(() => finish(slot, delivery).catch(fail), random() * 15);
    }
  }
  const shared = {
    sql: bench.sql,
    pace: async () => {},
    leaseSeconds: 60,
    async onError(error: unknown): Promise<void> {
      errors.push(error);
      await sleep(50);
    },
  };
  const claimLoop = createClaimLoop({
    ...{ ...shared, dirty, admission, deliverer: { deliver } },
    metrics: createDispatcherMetrics(createMetrics({ service: "test" })),
    onClaimed: () => {},
  });
  const routeLoop = createRouteLoop({
    ...shared,
    paused: () => false,
    leasing: {
      ...{ ...admission, deliver, leaseSeconds: 60 },
      offer: admission.offerRouted,
      onSettled: () => claimLoop.poke(),
      ownedShards: () => allShards,
    },
    onRouted({ deliveriesByShard }) {
      for (const shard of deliveriesByShard.keys()) dirty.markFresh(shard);
      claimLoop.poke();
    },
    failpoint: () => {},
  });
  return { routeLoop, claimLoop, admission, errors, sent };
}

const worlds = fc.record({
  endpoints: fc.integer({ min: 1, max: 8 }),
  bursts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  world: fc.record({
    fastMax: fc.constantFrom(100, 140, 1_024),
    slowMax: fc.constantFrom(2, 16),
    overdueShare: fc.constantFrom(0, 0.3),
    failuresMax: fc.constantFrom(2, Number.MAX_SAFE_INTEGER),
    chances: fc.array(
      fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100),
      { minLength: 5, maxLength: 30 },
    ),
  }),
});

test("however routing, claiming and answers meet, everything is sent once, without anybody looking again", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ endpoints, bursts, world }) => {
      await bench.reset();
      for (let i = 0; i < endpoints; i++) await bench.subscribe();
      const { routeLoop, claimLoop, admission, errors, sent } = startLoops(world);
      try {
        for (const count of bursts) {
          await bench.publishMany(count);
          routeLoop.poke();
        }
        const total = endpoints * bursts.reduce((sum, count) => sum + count, 0);
        await waitUntil(() => sent.size === total && admission.counts().unrecorded === 0);
        expect(errors).toEqual([]);
        expect([...sent.values()].every((times) => times === 1)).toBe(true);
        expect(admission.counts()).toMatchObject({ fast: 0, slow: 0 });
        expect(await bench.sql`select id from delivery_queue`).toHaveLength(0);
      } finally {
        await Promise.all([routeLoop.stop(), claimLoop.stop()]);
      }
    }),
    { numRuns: 25 },
  );
}, 600_000);
