import { consumerShard, payloadAad } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { recordAttempts } from "@carewire/delivery";
import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { allShards } from "../shards/ownership.ts";
import { claimAll, expireLeases, recordOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { type RouteLease, routeBatch } from "./route.ts";

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

test("a paused consumer's wait in the queue, where no resume can miss them, and lease nothing", async () => {
  const consumer = await bench.addConsumer("doctors", ["order.paid"], false);
  const eventId = await bench.publish({ type: "order.paid" });
  await route();
  const rows = await bench.sql`
    select q.destination_id, d.status, q.lease_until from delivery_queue q join deliveries d on d.id = q.id
    where q.event_id = ${eventId}`;
  expect(rows).toEqual([{ destination_id: consumer, status: 0, lease_until: null }]);
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

describe("leasing what is routed", () => {
  const lease = {
    shards: allShards,
    deliveriesMax: 500,
    slots: new Map(),
    slotsDefault: 10,
    leaseSeconds: 30,
  };
  const leaseAll = (more: Partial<RouteLease> = {}) => routeBatch(bench.sql, 500, { ...lease, ...more });

  test("brings what a claim would, each event's payload once, and nobody can claim it", async () => {
    const subscription = await bench.subscribe();
    await bench.subscribe();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const eventId = await bench.publish({ data: '{"n":9007199254740993}', externalId: "inv_1", traceparent });
    const { leased, deliveriesByShard } = await leaseAll();
    expect(deliveriesByShard.size).toBe(0);
    expect(leased.deliveries).toHaveLength(2);
    expect(leased.deliveries.find(({ subscriptionId }) => subscriptionId === subscription.id)).toMatchObject({
      organizationId: bench.organizationId,
      eventId,
      shard: subscription.shard,
      lane: 0,
      attempt: 1,
      retries: 0,
      probe: false,
      subscriptionVersion: 1,
    });
    expect([...leased.events.values()]).toMatchObject([
      { id: eventId, type: "order.paid", externalId: "inv_1", traceparent },
    ]);
    const event = leased.events.get(eventId);
    const opened = await bench.vault.open(
      bench.organizationId,
      payloadAad(eventId),
      event?.sealedBody as Buffer,
    );
    expect(opened.toString()).toBe('{"n":9007199254740993}');
    expect((await claimAll(bench)).deliveries).toEqual([]);
  });

  test("counts and dates the attempt, as a claim does, and is recorded under its token", async () => {
    await bench.subscribe();
    const eventId = await bench.publish();
    const { leased } = await leaseAll();
    const [row] = await bench.sql`select attempts, lease_token::text token,
      lease_until - now() > interval '25 s' long, lease_until - now() <= interval '30 s' bounded from delivery_queue`;
    expect(row).toEqual({ attempts: 1, token: leased.deliveries[0]?.leaseToken, long: true, bounded: true });
    expect(
      await recordAttempts(
        bench.sql,
        leased.deliveries.map((delivery) => recordOf(delivery)),
      ),
    ).toBe(1);
    expect(await bench.deliveries(eventId)).toMatchObject([{ status: "delivered", attempts: 1 }]);
  });

  test("whose holder vanishes leaves a lost attempt, and the delivery is claimed again", async () => {
    await bench.subscribe();
    const eventId = await bench.publish();
    await leaseAll();
    await expireLeases(bench);
    expect((await claimAll(bench)).deliveries).toMatchObject([{ eventId, attempt: 2 }]);
    expect(await bench.attempts(eventId)).toMatchObject([{ n: 1, outcome: "lost" }]);
  });

  test("gives an endpoint no more than its free slots, oldest events first; the rest waits", async () => {
    const [a, b, c] = [await bench.subscribe(), await bench.subscribe(), await bench.subscribe()];
    const events: string[] = [];
    for (let i = 0; i < 5; i++) events.push(await bench.publish());
    const { leased, deliveriesByShard, blocked } = await leaseAll({
      slots: new Map([
        [a.id, 3],
        [b.id, 0],
      ]),
      slotsDefault: 1,
    });
    const eventsOf = (id: string) =>
      leased.deliveries.flatMap(({ subscriptionId, eventId }) => (subscriptionId === id ? [eventId] : []));
    expect([a, b, c].map(({ id }) => eventsOf(id).sort())).toEqual([
      events.slice(0, 3),
      [],
      events.slice(0, 1),
    ]);
    expect(blocked).toEqual([[b.id, b.shard]]);
    expect([...deliveriesByShard.values()].reduce((sum, n) => sum + n, 0)).toBe(6);
    expect((await claimAll(bench)).deliveries).toHaveLength(11);
  });

  test("shares little room evenly", async () => {
    const subscriptions = await Promise.all(Array.from({ length: 4 }, () => bench.subscribe()));
    await bench.publishMany(10);
    const { leased } = await leaseAll({ deliveriesMax: 8 });
    const counts = subscriptions.map(
      ({ id }) => leased.deliveries.filter(({ subscriptionId }) => subscriptionId === id).length,
    );
    expect(counts).toEqual([2, 2, 2, 2]);
  });

  test("leaves other processes' shards, consumers, paused, filtered and ordered subscriptions alone", async () => {
    const foreign = await bench.subscribe();
    await bench.subscribe({ active: false });
    await bench.subscribe({ filter: { all: [{ path: "n", op: "eq", value: 1 }] } });
    await bench.subscribe({ ordering: "fifo" });
    await bench.addConsumer("doctors", ["order.paid"]);
    await bench.publish({ subject: "s" });
    const shards = allShards.filter((shard) => shard !== foreign.shard);
    const { leased, toFilter, lanes } = await leaseAll({ shards });
    expect(leased.deliveries).toEqual([]);
    expect([toFilter, lanes.length]).toEqual([1, 1]);
    expect(await bench.sql`select distinct lease_token, attempts from delivery_queue`).toEqual([
      { lease_token: null, attempts: 0 },
    ]);
  });

  test.each([
    ["what is leased waits for the disk, because it is sent next", 10, "on"],
    ["what only waits does not", 0, "off"],
  ])("%s", async (_name, slotsDefault, expected) => {
    await bench.subscribe();
    await bench.publish();
    const setting = await bench.sql.begin(async (tx) => {
      await tx`set local synchronous_commit = off`;
      await routeBatch(tx as unknown as Sql, 500, { ...lease, slotsDefault });
      const [row] = await tx`show synchronous_commit`;
      return row?.synchronous_commit;
    });
    expect(setting).toBe(expected);
  });
});
