import { recordAttempts } from "@carewire/delivery";
import { createMetrics } from "@carewire/service-kit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAdmission } from "./admission/admission.ts";
import { defaultBreakerSettings } from "./admission/breaker.ts";
import { createClaimLoop } from "./claim-loop.ts";
import type { Deliverer } from "./deliver.ts";
import { createDispatcherMetrics } from "./dispatcher-metrics.ts";
import { createDirtyShards } from "./shards/dirty-shards.ts";
import type { ClaimedDelivery } from "./store/claim.ts";
import { calmIsolation } from "./testing/calm-isolation.ts";
import { publishRouted, recordOf } from "./testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

/** A generator of numbers in [0, 1), the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface LoopOptions {
  fastMax: number;
  slowMax: number;
  unrecordedMax: number;
  bodyBytesMax?: number;
  /** Of the answers, so many come late: their endpoints are slow from then on. */
  overdueShare?: number;
  /** What a claim brought is on its way when this resolves. Default: at once. */
  onItsWay?(): Promise<void>;
  /** Default: sends, and answers and records a little later. */
  deliver?: Deliverer["deliver"];
}

/** The claim loop with endpoints that answer in any order; nothing sweeps, so a lost wake-up stays lost. */
function startLoop(seed: number, { overdueShare = 0, onItsWay, deliver, ...limits }: LoopOptions) {
  const random = seeded(seed);
  const dirty = createDirtyShards();
  const admission = createAdmission({
    ...calmIsolation,
    // No time passes, so the pause of one that opened would never end, and some answers are failures.
    breaker: { ...defaultBreakerSettings, failuresMax: Number.POSITIVE_INFINITY },
    bodyBytesMax: 1_000_000,
    ...limits,
    wake: mark,
    endpointsMax: 100,
  });
  const errors: unknown[] = [];
  const claims: number[] = [];
  let sent = 0;

  function mark(shard: number): void {
    dirty.mark(shard);
    loop.poke();
  }
  async function record(delivery: ClaimedDelivery): Promise<void> {
    await recordAttempts(bench.sql, [recordOf(delivery)]);
    admission.recorded();
    loop.poke();
  }
  const deliverer: Deliverer = {
    async deliver({ deliveries }, slots) {
      sent += deliveries.length;
      slots.forEach((slot, i) => {
        const delivery = deliveries[i] as ClaimedDelivery;
        setTimeout(() => {
          if (random() < overdueShare) admission.overdue(slot);
          if (admission.answered(slot, random() < 0.3 ? "failed" : "succeeded")) mark(delivery.shard);
          record(delivery).catch((error) => errors.push(error));
        }, random() * 15);
      });
      await onItsWay?.();
    },
  };
  const loop = createClaimLoop({
    sql: bench.sql,
    dirty,
    admission,
    deliverer: deliver ? { deliver } : deliverer,
    metrics: createDispatcherMetrics(createMetrics({ service: "test" })),
    pace: async () => {},
    leaseSeconds: 60,
    onClaimed: (deliveries) => void claims.push(deliveries),
    onError: async (error) => void errors.push(error),
  });
  return { loop, dirty, admission, claims, errors, sent: () => sent };
}

test.each([
  ["plenty of room", { fastMax: 512, slowMax: 128, unrecordedMax: 2_048 }],
  ["little room in flight", { fastMax: 40, slowMax: 8, unrecordedMax: 2_048 }],
  ["little room for outcomes", { fastMax: 512, slowMax: 128, unrecordedMax: 40 }],
  ["little room for bodies", { fastMax: 512, slowMax: 128, unrecordedMax: 2_048, bodyBytesMax: 200 }],
  ["many slow endpoints", { fastMax: 512, slowMax: 4, unrecordedMax: 2_048, overdueShare: 0.6 }],
])(
  "with %s, one wake-up per shard is enough to deliver a whole backlog",
  async (_name, options) => {
    const subscriptions = await Promise.all(Array.from({ length: 12 }, () => bench.subscribe()));
    await publishRouted(bench, 60);
    const { loop, dirty, admission, errors, sent } = startLoop(7, options);
    for (const { shard } of subscriptions) dirty.mark(shard);
    loop.poke();
    await waitUntil(() => sent() === 720 && admission.counts().unrecorded === 0);
    expect(errors).toEqual([]);
    expect(admission.counts()).toMatchObject({ fast: 0, slow: 0, unrecorded: 0 });
    expect(await bench.sql`select id from delivery_queue`).toHaveLength(0);
    await loop.stop();
  },
  120_000,
);

test("one endpoint with a backlog and many with one delivery each, all of one shard, are all served", async () => {
  const busy = await bench.subscribe({ events: ["order.paid"] });
  await Promise.all(Array.from({ length: 40 }, () => bench.subscribe({ events: ["order.shipped"] })));
  await bench.sql`update subscription_patterns set shard = 5`;
  await publishRouted(bench, 300);
  await bench.publish({ type: "order.shipped" });
  await publishRouted(bench, 1);
  const { loop, dirty, admission, sent } = startLoop(11, { fastMax: 64, slowMax: 16, unrecordedMax: 256 });
  dirty.mark(5);
  loop.poke();
  await waitUntil(() => sent() === 341 && admission.counts().unrecorded === 0);
  expect(await bench.sql`select id from delivery_queue where destination_id = ${busy.id}`).toHaveLength(0);
  await loop.stop();
});

test("the next claim is made while one is sent, and none beside it; a stop waits until both are on their way", async () => {
  const { shard } = await bench.subscribe();
  await publishRouted(bench, 300);
  const sending: (() => void)[] = [];
  let sends = 0;
  const onItsWay = () => {
    sends++;
    return new Promise<void>((resolve) => sending.push(resolve));
  };
  const limits = { fastMax: 512, slowMax: 16, unrecordedMax: 2_048 };
  const { loop, dirty, admission, claims, sent, errors } = startLoop(5, { ...limits, onItsWay });
  const endOne = () => sending.shift()?.();
  dirty.mark(shard);
  loop.poke();
  await waitUntil(() => claims.length === 2);
  // What was sent first is answered and recorded, which asks for more.
  await waitUntil(() => admission.counts().unrecorded === claims[1]);
  expect({ sends, sent: sent(), claims: claims.length }).toEqual({ sends: 1, sent: claims[0], claims: 2 });
  endOne();
  await waitUntil(() => claims.length === 3);
  expect(sends).toBe(2);
  let stopped = false;
  const stop = loop.stop().then(() => {
    stopped = true;
  });
  endOne();
  await waitUntil(() => sends === 3);
  expect(stopped).toBe(false);
  endOne();
  await stop;
  expect({ claims: claims.length, errors }).toEqual({ claims: 3, errors: [] });
});

test("what waits beside a claim that could not be sent is claimed next, without anybody looking again", async () => {
  const { shard } = await bench.subscribe();
  await publishRouted(bench, 4);
  let fail = (): void => {};
  const lost = new Promise<void>((_, reject) => {
    fail = () => reject(new Error("the database vanished"));
  });
  const sent: number[] = [];
  const world = startLoop(3, {
    ...{ fastMax: 64, slowMax: 16, unrecordedMax: 256 },
    async deliver({ deliveries }, slots) {
      sent.push(deliveries.length);
      if (sent.length > 1) return;
      await lost.finally(() => {
        for (const slot of slots) {
          world.admission.answered(slot, "not_sent");
          world.admission.recorded();
        }
      });
    },
  });
  world.dirty.markFresh(shard);
  world.loop.poke();
  // With nothing in flight that could answer, the loop has ended.
  await waitUntil(() => sent.length === 1);
  fail();
  await waitUntil(() => sent.length === 2);
  expect(sent).toEqual([2, 2]);
  expect(world.errors).toEqual([new Error("the database vanished")]);
  await world.loop.stop();
});

test("after stop nothing more is claimed", async () => {
  const { shard } = await bench.subscribe();
  await publishRouted(bench, 1);
  const { loop, dirty, sent } = startLoop(1, { fastMax: 64, slowMax: 16, unrecordedMax: 256 });
  await loop.stop();
  dirty.mark(shard);
  loop.poke();
  expect(sent()).toBe(0);
  expect(await bench.sql`select id from delivery_queue where lease_token is null`).toHaveLength(1);
});
