import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimAll } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createLaneViews, type LaneViews } from "../testing/lane-views.ts";
import { promoteLanes } from "./fifo-promote.ts";
import { releaseLanes } from "./fifo-release.ts";
import { firstLane, sweepLanes, sweepWaiting } from "./fifo-sweep.ts";
import { routeBatch } from "./route.ts";
import { shelveDeliveries } from "./shelve.ts";

let bench: DeliveryBench;
let subscription: TestSubscription;
let views: LaneViews;

beforeAll(async () => {
  bench = await createDeliveryBench();
  views = createLaneViews(bench);
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  subscription = await bench.subscribe({ ordering: "fifo" });
});

const laneOf = (subject: string) => ({ subscriptionId: subscription.id, subject });
const promote = (...subjects: string[]) => promoteLanes(bench.sql, subjects.map(laneOf));
const routed = () => routeBatch(bench.sql, 500);
const deliveryOf = async (eventId: string) => (await bench.deliveries(eventId))[0]?.id ?? "";

describe("a lane", () => {
  async function promotedLane(): Promise<string[]> {
    const events = [await bench.publish({ subject: "a" }), await bench.publish({ subject: "a" })];
    await routed();
    await promote("a");
    return events;
  }

  test("is kept while its first delivery is in the queue, however often it is tried", async () => {
    const [first = ""] = await promotedLane();
    expect(await releaseLanes(bench.sql, [await deliveryOf(first)])).toEqual([]);
    expect((await sweepLanes(bench.sql, firstLane, 10)).lanes).toEqual([]);
    expect(await views.lanes()).toEqual(["a"]);
  });

  test("that nobody freed after the outcome was recorded is found by the sweep, and goes on", async () => {
    const [, second] = await promotedLane();
    await views.deliverDue();
    expect(await sweepLanes(bench.sql, firstLane, 10)).toEqual({ lanes: [laneOf("a")], next: null });
    expect(await sweepWaiting(bench.sql, firstLane, 10)).toEqual({ lanes: [laneOf("a")], next: null });
    await promote("a");
    expect(await views.due()).toEqual([second]);
  });

  test("is given back when its first delivery is claimed for a subscription that was paused meanwhile", async () => {
    const [first = "", second = ""] = await promotedLane();
    const { deliveries } = await claimAll(bench);
    await bench.sql`update subscriptions set active = false where id = ${subscription.id}`;
    await shelveDeliveries(bench.sql, deliveries);
    expect([await views.lanes(), await views.waiting(), await views.due()]).toEqual([
      [],
      [first, second],
      [],
    ]);
    await views.expectNothingLost();
  });

  test("ends with its subscription", async () => {
    await promotedLane();
    const { deliveries } = await claimAll(bench);
    await bench.sql`delete from subscriptions where id = ${subscription.id}`;
    await shelveDeliveries(bench.sql, deliveries);
    expect(await views.lanes()).toEqual([]);
    expect((await sweepWaiting(bench.sql, firstLane, 10)).lanes).toEqual([]);
    expect((await bench.deliveries()).map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
    expect(await views.waiting()).toEqual([]);
  });
});

test("a sweep goes through all lanes a page at a time, one step per lane", async () => {
  const subjects = Array.from({ length: 7 }, (_, i) => `s${i}`);
  for (const subject of [...subjects, ...subjects]) await bench.publish({ subject });
  await routed();
  const found: string[] = [];
  for (let after = firstLane, pages = 0; pages < 3; pages++) {
    const { lanes: page, next } = await sweepWaiting(bench.sql, after, 3);
    found.push(...page.map(({ subject }) => subject));
    expect(next?.subject).toBe([subjects[2], subjects[5], undefined][pages]);
    after = next ?? firstLane;
  }
  expect(found.sort()).toEqual(subjects);
  await promote(...subjects);
  await views.deliverDue();
  const first = await sweepLanes(bench.sql, firstLane, 4);
  expect([first.lanes.length, first.next?.subject]).toEqual([4, "s3"]);
  const rest = await sweepLanes(bench.sql, first.next ?? firstLane, 4);
  expect([rest.lanes.length, rest.next]).toEqual([3, null]);
});
