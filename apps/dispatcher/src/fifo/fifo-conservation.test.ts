import { setTimeout as after } from "node:timers/promises";
import { holdDeliveries, releaseDeliveries } from "@carewire/db";
import { recordAttempts } from "@carewire/delivery";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { promoteLanes } from "../store/fifo-promote.ts";
import { releaseLanes } from "../store/fifo-release.ts";
import { firstLane, sweepLanes, sweepWaiting } from "../store/fifo-sweep.ts";
import { routeBatch } from "../store/route.ts";
import { shelveDeliveries } from "../store/shelve.ts";
import { claimAll, recordOf, retryOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { createLaneViews, type LaneViews } from "../testing/lane-views.ts";
import { patienceMs } from "../testing/wait-until.ts";

let bench: DeliveryBench;
let views: LaneViews;

beforeAll(async () => {
  bench = await createDeliveryBench();
  views = createLaneViews(bench);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const subjects = ["a", "b", "c"];

/** What dispatchers, the API and crashes do to one ordered subscription, in any order and at the same time. */
function createWorld(subscriptionId: string) {
  const { sql } = bench;
  const published = new Map<string, string[]>();
  const finished = new Map<string, string[]>();
  const subjectOf = new Map<string, string>();
  const inFlight = new Set<string>();
  const overlaps: string[] = [];

  /** One attempt of everything due, ending as `ends` says; the lane of what is finished is freed unless `dies`. */
  async function send(ends: "delivered" | "retry" | "failed", dies: boolean): Promise<void> {
    const { deliveries } = await claimAll(bench, { deliveriesMax: 4 });
    for (const { eventId } of deliveries) {
      const subject = subjectOf.get(eventId) ?? "";
      if (inFlight.has(subject)) overlaps.push(subject);
      inFlight.add(subject);
    }
    await after(1);
    const [row] = await sql`select active from subscriptions where id = ${subscriptionId}`;
    for (const { eventId } of deliveries) inFlight.delete(subjectOf.get(eventId) ?? "");
    if (!row?.active) {
      await shelveDeliveries(sql, deliveries);
      return;
    }
    if (ends !== "retry") {
      for (const { eventId } of deliveries) {
        const subject = subjectOf.get(eventId) ?? "";
        finished.set(subject, [...(finished.get(subject) ?? []), eventId]);
      }
    }
    await recordAttempts(
      sql,
      deliveries.map((delivery) =>
        ends === "retry" ? retryOf(delivery, 0) : recordOf(delivery, { nextStep: ends }),
      ),
    );
    if (dies || ends === "retry") return;
    await promoteLanes(
      sql,
      await releaseLanes(
        sql,
        deliveries.map(({ id }) => id),
      ),
    );
  }

  const change = (active: boolean) =>
    sql.begin(async (tx) => {
      await tx`update subscriptions set active = ${active}, version = version + 1 where id = ${subscriptionId}`;
      if (active) await releaseDeliveries(tx, subscriptionId);
      else await holdDeliveries(tx, subscriptionId);
    });

  return {
    published,
    finished,
    overlaps,
    /** One after the other: events published at the same time have no order. */
    async publish(subject: string) {
      const id = await bench.publish({ subject });
      subjectOf.set(id, subject);
      published.set(subject, [...(published.get(subject) ?? []), id]);
    },
    route: async () => {
      const { lanes } = await routeBatch(sql, 2);
      await promoteLanes(sql, lanes);
    },
    sweep: async () => {
      const freed = await sweepLanes(sql, firstLane, 100);
      const waiting = await sweepWaiting(sql, firstLane, 100);
      await promoteLanes(sql, [...freed.lanes, ...waiting.lanes]);
    },
    pause: () => change(false),
    resume: () => change(true),
    deliver: () => send("delivered", false),
    fail: () => send("failed", false),
    retry: () => send("retry", false),
    die: () => send("delivered", true),
  };
}

const steps = fc.constantFrom(
  ...(["route", "route", "sweep", "deliver", "deliver", "fail", "retry", "die", "pause", "resume"] as const),
);
/** Rounds of steps that run at the same time, each after some events were published. */
const rounds = fc.array(
  fc.record({
    events: fc.array(fc.constantFrom(...subjects), { maxLength: 4 }),
    steps: fc.array(steps, { minLength: 2, maxLength: 5 }),
  }),
  { minLength: 4, maxLength: 12 },
);

test("whatever happens at the same time, nothing is lost, none of a subject overlap, and all end in order", async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (plan) => {
      await bench.reset();
      const { id } = await bench.subscribe({ ordering: "fifo" });
      const world = createWorld(id);
      for (const round of plan) {
        for (const subject of round.events) await world.publish(subject);
        await Promise.all(round.steps.map((step) => world[step]()));
        await views.expectNothingLost();
      }
      await world.resume();
      const total = [...world.published.values()].flat().length;
      const deadline = performance.now() + patienceMs;
      while ([...world.finished.values()].flat().length < total && performance.now() < deadline) {
        await world.route();
        await world.sweep();
        await world.deliver();
      }
      expect(world.finished).toEqual(world.published);
      expect(world.overlaps).toEqual([]);
      await world.sweep();
      await views.expectNothingLost();
      expect(await bench.sql`select 1 from fifo_lanes`).toHaveLength(0);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 600_000);
