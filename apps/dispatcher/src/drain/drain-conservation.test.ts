import { recordAttempts } from "@carewire/delivery";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { promoteLanes } from "../store/fifo-promote.ts";
import { releaseLanes } from "../store/fifo-release.ts";
import { firstLane, sweepLanes, sweepWaiting } from "../store/fifo-sweep.ts";
import { routeBatch } from "../store/route.ts";
import { shelveDeliveries } from "../store/shelve.ts";
import { claimAll, recordOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createDrainBench, type DrainBench, type OpenRouting, smallLimits } from "../testing/drain-bench.ts";
import { createLaneViews, type LaneViews } from "../testing/lane-views.ts";

let bench: DeliveryBench;
let drains: DrainBench;
let views: LaneViews;

beforeAll(async () => {
  bench = await createDeliveryBench();
  drains = createDrainBench(bench);
  views = createLaneViews(bench);
});
afterAll(() => bench.close());

/** Rows a request moves by itself: so few that dispatchers are left something. */
const requestMax = 2;
/** Routers that have not committed; each keeps a connection. */
const openMax = 2;
const limits = smallLimits;

/** What the API, routers out of step and dispatchers do to one subscription. */
function createWorld(subscription: TestSubscription, isOrdered: boolean) {
  const { sql } = bench;
  const routers: OpenRouting[] = [];
  let opening = 0;
  let published = 0;

  async function sweep(): Promise<void> {
    const freed = await sweepLanes(sql, firstLane, 100);
    const waiting = await sweepWaiting(sql, firstLane, 100);
    await promoteLanes(sql, [...freed.lanes, ...waiting.lanes]);
  }

  async function send(): Promise<void> {
    const { deliveries } = await claimAll(bench, { deliveriesMax: 3 });
    const [row] = await sql`select active from subscriptions where id = ${subscription.id}`;
    if (!row?.active) {
      await shelveDeliveries(sql, deliveries);
      return;
    }
    await recordAttempts(
      sql,
      deliveries.map((delivery) => recordOf(delivery)),
    );
    await promoteLanes(
      sql,
      await releaseLanes(
        sql,
        deliveries.map(({ id }) => id),
      ),
    );
  }

  const steps = {
    async publish() {
      await bench.publish(isOrdered && published % 3 > 0 ? { subject: `subject-${published % 2}` } : {});
      published++;
    },
    async route() {
      const { lanes } = await routeBatch(sql, 2);
      await promoteLanes(sql, lanes);
    },
    async openRouter() {
      // Those of the same round count too: with every connection held by one, nothing would ever go on.
      if (routers.length + opening >= openMax) return;
      opening++;
      routers.push(await drains.openRouting());
      opening--;
    },
    async commitRouter() {
      await routers.shift()?.commit();
    },
    pause: () => drains.pause(subscription, requestMax),
    resume: () => drains.resume(subscription, requestMax),
    remove: () => drains.remove(subscription, requestMax),
    step: () => drains.step({ limits }),
    async stepSoon() {
      await drains.makeDue();
      await drains.step({ limits });
    },
    send,
    sweep,
  };

  return {
    steps,
    /** Everybody goes on until there is nothing more to do. */
    async settle(): Promise<void> {
      while (routers.length > 0) await steps.commitRouter();
      while ((await routeBatch(sql, 500)).events > 0);
      // Until three rounds in a row change nothing: a round may only make work for the next.
      let seen = "";
      for (let n = 0, unchanged = 0; n < 60 && unchanged < 3; n++) {
        const now = JSON.stringify([await drains.counts(), await drains.queued()]);
        unchanged = now === seen ? unchanged + 1 : 0;
        seen = now;
        await drains.finish({ limits });
        await sweep();
        // Put off for a while when its subscription was resumed at the very moment.
        await sql`update delivery_queue set due_at = now()`;
        await send();
      }
    },
  };
}

type StepName = keyof ReturnType<typeof createWorld>["steps"];

const steps = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom<StepName>("route", "openRouter", "commitRouter", "step", "stepSoon", "send"),
  },
  { weight: 5, arbitrary: fc.constantFrom<StepName>("publish", "pause", "resume", "sweep") },
);
/** Steps that run at the same time, each round after some events were published. */
const rounds = fc.array(
  fc.record({
    events: fc.integer({ min: 0, max: 3 }),
    steps: fc.array(steps, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 6, maxLength: 16 },
);

/** The statuses that deliveries may have in the end. Those in line beyond what one request marks stay pending there. */
const endsOf = { active: [2], paused: [1, 2], pausedInLine: [0, 1, 2], removed: [2, 4] } as const;

test("however routing, pausing, resuming, deleting and sending meet: nothing is lost, doubled, or held for good", async () => {
  const ends = fc.constantFrom<"active" | "paused" | "removed">("active", "active", "paused", "removed");
  await fc.assert(
    fc.asyncProperty(rounds, ends, fc.boolean(), async (plan, end, isOrdered) => {
      await bench.reset();
      const subscription = await bench.subscribe({ ordering: isOrdered ? "fifo" : "none" });
      const world = createWorld(subscription, isOrdered);
      await world.steps.pause();
      for (const round of plan) {
        for (let n = 0; n < round.events; n++) await world.steps.publish();
        await Promise.all(round.steps.map((step) => world.steps[step]()));
        await views.expectNothingLost();
      }
      if (end === "removed") await world.steps.remove();
      else await (end === "active" ? world.steps.resume() : world.steps.pause());
      await world.settle();
      await views.expectNothingLost();
      const counts = await drains.counts();
      const expected: readonly number[] = endsOf[end === "paused" && isOrdered ? "pausedInLine" : end];
      const unexpected = Object.keys(counts).filter((status) => !expected.includes(Number(status)));
      expect(unexpected, JSON.stringify(counts)).toEqual([]);
      const [sums] = await bench.sql`select count(*)::int total, count(distinct event_id)::int events,
        (select count(*)::int from attempts) attempts, (select count(*)::int from delivery_queue) queued,
        (select count(*)::int from endpoint_drains) drains from deliveries`;
      expect(sums).toEqual({
        total: sums?.events,
        events: sums?.events,
        attempts: counts[2] ?? 0,
        queued: 0,
        drains: 0,
      });
    }),
    { numRuns: 40, endOnFailure: true },
  );
}, 600_000);
