import { consumerShard } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { routeBatch } from "./route.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

async function destinationsOf(eventId: string): Promise<string[]> {
  const rows = await bench.sql`select destination_id from deliveries where event_id = ${eventId} order by 1`;
  return rows.map((row) => row.destination_id);
}

const route = () => routeBatch(bench.sql, 500);

describe("a subscription gets", () => {
  test.each([
    ["exactly the type it names", "order.paid", "order.paid", true],
    ["no other type", "order.paid", "order.refunded", false],
    ["every type of its domain", "order.*", "order.paid", true],
    ["three-part types of its domain", "order.*", "order.line.added", true],
    ["three-part types of its sub-domain", "order.line.*", "order.line.added", true],
    ["the three-part type it names", "order.line.added", "order.line.added", true],
    ["nothing of a longer name that begins alike", "order.*", "orders.paid", false],
    ["nothing of another sub-domain", "order.line.*", "order.cart.added", false],
    ["nothing of its own name as a domain", "order.paid.*", "order.paid", false],
    ["everything", "*", "order.paid", true],
    ["no operational event for asking for everything", "*", "endpoint.disabled", false],
    ["operational events of a domain it names", "endpoint.*", "endpoint.disabled", true],
    ["operational events of a sub-domain it names", "message.attempt.*", "message.attempt.exhausted", true],
    ["an organization's own events of a like-named domain", "*", "message.received", true],
    ["types with characters that LIKE would read as wildcards", "order_x.*", "orderyx.paid", false],
  ])("%s (%s and %s)", async (_name, pattern, type, matches) => {
    const { id } = await bench.subscribe({ events: [pattern] });
    const eventId = await bench.publish({ type });
    await route();
    expect(await destinationsOf(eventId)).toEqual(matches ? [id] : []);
  });

  test("one delivery of an event however many of its patterns match", async () => {
    const { id, shard } = await bench.subscribe({ events: ["*", "order.*", "order.paid"] });
    const eventId = await bench.publish();
    const { events, deliveriesByShard } = await route();
    expect(events).toBe(1);
    expect([...deliveriesByShard]).toEqual([[shard, 1]]);
    expect(await destinationsOf(eventId)).toEqual([id]);
  });

  test("nothing of another organization", async () => {
    await bench.subscribe();
    const organizationId = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${organizationId}, 'another')`;
    const eventId = await bench.publish({ organizationId });
    await route();
    expect(await destinationsOf(eventId)).toEqual([]);
  });

  test("only its own account's events when it belongs to one, and all when it does not", async () => {
    const [mine, other] = [await bench.addAccount(), await bench.addAccount()];
    const whole = await bench.subscribe();
    const branch = await bench.subscribe({ accountId: mine });
    const inMine = await bench.publish({ accountId: mine });
    const inOther = await bench.publish({ accountId: other });
    const inNone = await bench.publish();
    await route();
    expect(await destinationsOf(inMine)).toEqual([whole.id, branch.id].sort());
    expect(await destinationsOf(inOther)).toEqual([whole.id]);
    expect(await destinationsOf(inNone)).toEqual([whole.id]);
  });

  test.each(["*", "cari.*", "cari.auth.*", "cari.auth.user_created"])(
    "no internal topic, not even by naming it (%s)",
    async (pattern) => {
      await bench.subscribe({ events: [pattern] });
      const eventId = await bench.publish({ type: "cari.auth.user_created" });
      await route();
      expect(await destinationsOf(eventId)).toEqual([]);
    },
  );
});

test("consumers get their topics, internal or public, on the shard of their own", async () => {
  const consumer = await bench.addConsumer("doctors", ["cari.auth.user_created", "order.paid"]);
  const internal = await bench.publish({ type: "cari.auth.user_created" });
  const open = await bench.publish({ type: "order.paid" });
  const { deliveriesByShard } = await route();
  expect(deliveriesByShard).toEqual(new Map([[consumerShard, 2]]));
  expect(await destinationsOf(internal)).toEqual([consumer]);
  expect(await destinationsOf(open)).toEqual([consumer]);
  const rows = await bench.sql`select distinct destination_kind kind from deliveries`;
  expect(rows.map((row) => row.kind)).toEqual([1]);
});

test("a paused subscription's delivery is held, in sight and not in the queue", async () => {
  await bench.subscribe({ active: false });
  await bench.publish();
  const { deliveriesByShard } = await route();
  expect(deliveriesByShard.size).toBe(0);
  expect(await bench.sql`select status from deliveries`).toEqual([{ status: 1 }]);
  expect(await bench.sql`select id from delivery_queue`).toHaveLength(0);
});

test("an event that matches nothing is kept and leaves the route queue", async () => {
  const eventId = await bench.publish();
  expect((await route()).events).toBe(1);
  expect(await bench.sql`select id from events where id = ${eventId}`).toHaveLength(1);
  expect(await bench.sql`select event_id from route_queue`).toHaveLength(0);
  expect((await route()).events).toBe(0);
});

test("a batch takes the oldest events first and no more than asked for", async () => {
  await bench.subscribe();
  const published: string[] = [];
  for (let i = 0; i < 5; i++) published.push(await bench.publish());
  expect((await routeBatch(bench.sql, 3)).events).toBe(3);
  const left = await bench.sql`select event_id from route_queue order by event_id`;
  expect(left.map((row) => row.event_id)).toEqual(published.sort().slice(3));
});

test("routers that run at the same time share the events: every delivery exists once", async () => {
  await Promise.all([bench.subscribe(), bench.subscribe(), bench.subscribe()]);
  await Promise.all(Array.from({ length: 60 }, () => bench.publish()));
  const routed = await Promise.all(Array.from({ length: 5 }, () => routeBatch(bench.sql, 25)));
  expect(routed.reduce((sum, { events }) => sum + events, 0)).toBe(60);
  const [row] =
    await bench.sql`select count(*)::int total, count(distinct (event_id, destination_id))::int pairs
    from deliveries join delivery_queue using (id, event_id, destination_id)`;
  expect(row).toEqual({ total: 180, pairs: 180 });
});

test("a queue row carries what the delivery says", async () => {
  const subscription = await bench.subscribe();
  await bench.publish();
  await route();
  const rows =
    await bench.sql`select q.shard, q.lane, q.attempts, q.retries, q.lease_token, q.due_at <= now() due,
      d.status, d.destination_kind kind, d.attempts tried
    from delivery_queue q join deliveries d using (id, organization_id, event_id, destination_id)`;
  expect(rows).toEqual([
    {
      shard: subscription.shard,
      lane: 0,
      attempts: 0,
      retries: 0,
      lease_token: null,
      due: true,
      status: 0,
      kind: 0,
      tried: 0,
    },
  ]);
});
