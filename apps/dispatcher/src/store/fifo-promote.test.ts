import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { createLaneViews, type LaneViews } from "../testing/lane-views.ts";
import { promoteLanes } from "./fifo-promote.ts";
import { releaseLanes } from "./fifo-release.ts";
import { routeBatch } from "./route.ts";

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

describe("routing to an ordered subscription", () => {
  test("queues up what has a subject and says in which lanes; what has none is due at once", async () => {
    const [first, second] = [await bench.publish({ subject: "a" }), await bench.publish({ subject: "a" })];
    const free = await bench.publish();
    const other = await bench.publish({ subject: 'b "quoted" \\ {}' });
    const { deliveriesByShard, lanes: told } = await routed();
    expect(told.sort((x, y) => (x.subject < y.subject ? -1 : 1))).toEqual([
      laneOf("a"),
      laneOf('b "quoted" \\ {}'),
    ]);
    expect([...deliveriesByShard]).toEqual([[subscription.shard, 1]]);
    expect(await views.due()).toEqual([free]);
    expect(await views.waiting()).toEqual([first, second, other].sort());
    await views.expectNothingLost();
  });

  test("leaves other subscriptions of the same event alone", async () => {
    const plain = await bench.subscribe();
    await bench.publish({ subject: "a" });
    expect([...(await routed()).deliveriesByShard]).toEqual([[plain.shard, 1]]);
  });
});

describe("promoting", () => {
  test("makes the oldest of each lane due, one at a time, in the order of the events", async () => {
    const published: Record<string, string[]> = { a: [], b: [] };
    for (let i = 0; i < 3; i++) {
      for (const subject of ["a", "b"]) published[subject]?.push(await bench.publish({ subject }));
    }
    await routed();
    const seen: Record<string, string[]> = { a: [], b: [] };
    for (let i = 0; i < 3; i++) {
      const { deliveriesByShard, blocked } = await promote("a", "b");
      expect([[...deliveriesByShard], blocked]).toEqual([[[subscription.shard, 2]], []]);
      expect((await promote("a", "b")).deliveriesByShard.size).toBe(0);
      for (const eventId of await views.deliverDue()) {
        const subject = published.a?.includes(eventId) ? "a" : "b";
        seen[subject]?.push(eventId);
      }
      const ids = (await bench.deliveries()).map(({ id }) => id);
      expect(await releaseLanes(bench.sql, ids)).toHaveLength(2);
    }
    expect(seen).toEqual(published);
    expect([await views.waiting(), await views.lanes()]).toEqual([[], []]);
  });

  test("cannot be fooled by a router that is still at work on an older event", async () => {
    const older = await bench.publish({ subject: "a" });
    const newer = await bench.publish({ subject: "a" });
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let begun = () => {};
    const slowRouter = bench.sql.begin(async (tx) => {
      await routeBatch(tx as unknown as typeof bench.sql, 1);
      begun();
      await finished;
    });
    await new Promise<void>((resolve) => {
      begun = resolve;
    });
    expect((await routed()).events).toBe(1);
    expect(await views.waiting()).toEqual([newer]);
    expect(await promote("a")).toEqual({
      deliveriesByShard: new Map(),
      retries: false,
      blocked: [laneOf("a")],
    });
    finish();
    await slowRouter;
    await promote("a");
    expect(await views.due()).toEqual([older]);
  });

  test("does not wait for other organizations' events, nor for younger ones", async () => {
    const strangers = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${strangers}, 'strangers')`;
    const eventId = newId(Date.now() - 1_000);
    await bench.publish({ subject: "a" });
    await routed();
    await bench.publish({ id: eventId, organizationId: strangers });
    await bench.publish({ subject: "a" });
    await promote("a");
    expect(await views.due()).toHaveLength(1);
  });

  test("waits when more is unrouted than it looks at", async () => {
    const strangers = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${strangers}, 'strangers')`;
    await bench.publish({ subject: "a" });
    await routed();
    await bench.sql`insert into route_queue (event_id, organization_id, type)
      select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ${strangers}, 'order.paid'
      from generate_series(1, 2001) i`;
    expect((await promote("a")).blocked).toEqual([laneOf("a")]);
    await bench.sql`delete from route_queue`;
    await promote("a");
    expect(await views.due()).toHaveLength(1);
  });

  test("waits for an older event that is still to be filtered for the same subscription only", async () => {
    await bench.publish({ subject: "a" });
    await routed();
    const older = newId(Date.now() - 1_000);
    const insert = (
      id: string,
    ) => bench.sql`insert into filter_queue (subscription_id, event_id, organization_id)
      values (${id}, ${older}, ${bench.organizationId})`;
    await insert(newId(Date.now()));
    await insert(subscription.id);
    expect((await promote("a")).blocked).toEqual([laneOf("a")]);
    await bench.sql`delete from filter_queue where subscription_id = ${subscription.id}`;
    await promote("a");
    expect(await views.due()).toHaveLength(1);
  });

  test("leaves a lane to the sweep while an older event's filter is put off, and looks at it again once that is due", async () => {
    await bench.publish({ subject: "a" });
    await routed();
    const older = newId(Date.now() - 1_000);
    await bench.sql`insert into filter_queue (subscription_id, event_id, organization_id, due_at)
      values (${subscription.id}, ${older}, ${bench.organizationId}, now() + interval '1 hour')`;
    expect(await promote("a")).toMatchObject({ deliveriesByShard: new Map(), blocked: [] });
    await bench.sql`update filter_queue set due_at = now()`;
    expect(await promote("a")).toMatchObject({ deliveriesByShard: new Map(), blocked: [laneOf("a")] });
    expect(await views.due()).toEqual([]);
  });

  test("done by many at the same time makes each due once", async () => {
    const subjects = Array.from({ length: 40 }, (_, i) => `s${i}`);
    for (const subject of [...subjects, ...subjects]) await bench.publish({ subject });
    await routed();
    const promoted = await Promise.all(
      [0, 1, 2, 3, 4].map((n) => promote(...subjects.slice(n * 8), ...subjects.slice(0, n * 8))),
    );
    const counts = promoted.flatMap(({ deliveriesByShard }) => [...deliveriesByShard.values()]);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(40);
    expect([
      (await views.due()).length,
      (await views.lanes()).length,
      (await views.waiting()).length,
    ]).toEqual([40, 40, 40]);
    await views.expectNothingLost();
  });

  test("leaves a paused subscription's line as it is, and heals what was routed while it was resumed", async () => {
    await bench.sql`update subscriptions set active = false where id = ${subscription.id}`;
    await bench.sql`update subscription_patterns set held = true`;
    const eventId = await bench.publish({ subject: "a" });
    await routed();
    await promote("a");
    expect([await views.due(), await views.waiting()]).toEqual([[], [eventId]]);
    await bench.sql`update subscriptions set active = true where id = ${subscription.id}`;
    await promote("a");
    expect(await views.due()).toEqual([eventId]);
    expect((await bench.deliveries())[0]?.status).toBe("pending");
  });

  test("passes over one that was finished while it waited", async () => {
    const [erased, next] = [await bench.publish({ subject: "a" }), await bench.publish({ subject: "a" })];
    await routed();
    await bench.sql`update deliveries set status = 3 where event_id = ${erased}`;
    expect((await promote("a")).blocked).toEqual([laneOf("a")]);
    await promote("a");
    expect([await views.due(), await views.waiting()]).toEqual([[next], []]);
  });

  test("a second try goes to the retry lane with the attempts it had", async () => {
    await bench.publish({ subject: "a" });
    await routed();
    await bench.sql`update deliveries set attempts = 4`;
    expect((await promote("a")).retries).toBe(true);
    expect(await bench.sql`select lane, attempts from delivery_queue`).toEqual([{ lane: 1, attempts: 4 }]);
  });
});
