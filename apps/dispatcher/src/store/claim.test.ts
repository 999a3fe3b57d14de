import { payloadAad } from "@carewire/bus";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimAll, expireLeases, publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import type { Claim } from "./claim.ts";
import { routeBatch } from "./route.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

function countsOf({ deliveries }: Claim): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { subscriptionId: id } of deliveries) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

test("a claimed delivery carries what sending needs, its event once", async () => {
  const subscription = await bench.subscribe();
  await bench.subscribe();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const eventId = await bench.publish({ data: '{"n":9007199254740993}', externalId: "inv_1", traceparent });
  await routeBatch(bench.sql, 10);
  const { deliveries, events } = await claimAll(bench);
  expect(deliveries.find((delivery) => delivery.subscriptionId === subscription.id)).toMatchObject({
    organizationId: bench.organizationId,
    eventId,
    shard: subscription.shard,
    lane: 0,
    attempt: 1,
    retries: 0,
    subscriptionVersion: 1,
  });
  expect(deliveries).toHaveLength(2);
  expect(events.size).toBe(1);
  const event = events.get(eventId);
  expect(event).toMatchObject({ type: "order.paid", externalId: "inv_1", traceparent });
  const opened = await bench.vault.open(
    bench.organizationId,
    payloadAad(eventId),
    event?.sealedBody as Buffer,
  );
  expect(opened.toString()).toBe('{"n":9007199254740993}');
});

test("the lease is the attempt's intent: counted and dated before anything is sent", async () => {
  await bench.subscribe();
  await publishRouted(bench, 1);
  const { deliveries } = await claimAll(bench, { leaseSeconds: 3_600 });
  const [row] =
    await bench.sql`select attempts, lease_token::text, lease_until - now() > interval '3000 s' long,
    lease_until - now() <= interval '3600 s' bounded from delivery_queue`;
  expect(row).toEqual({ attempts: 1, lease_token: deliveries[0]?.leaseToken, long: true, bounded: true });
});

describe("fairness", () => {
  test("an endpoint with one delivery is served beside one with a backlog", async () => {
    const busy = await bench.subscribe({ events: ["order.paid"] });
    await publishRouted(bench, 200);
    const quiet = await bench.subscribe({ events: ["order.refunded"] });
    await bench.publish({ type: "order.refunded" });
    await routeBatch(bench.sql, 10);
    const counts = countsOf(await claimAll(bench, { slotsDefault: 5, deliveriesMax: 50 }));
    expect(counts).toEqual(
      new Map([
        [busy.id, 5],
        [quiet.id, 1],
      ]),
    );
  });

  test("nobody gives more than its free slots; one without any is passed over", async () => {
    const [a, b, c] = [await bench.subscribe(), await bench.subscribe(), await bench.subscribe()];
    await publishRouted(bench, 20);
    const counts = countsOf(
      await claimAll(bench, {
        slots: new Map([
          [a.id, 7],
          [b.id, 0],
        ]),
        slotsDefault: 2,
      }),
    );
    expect(counts).toEqual(
      new Map([
        [a.id, 7],
        [c.id, 2],
      ]),
    );
  });

  test("no more than the room there is", async () => {
    await Promise.all([bench.subscribe(), bench.subscribe()]);
    await publishRouted(bench, 30);
    expect((await claimAll(bench, { deliveriesMax: 11 })).deliveries).toHaveLength(11);
  });

  test("a cursor begins after the given endpoint", async () => {
    const [first, second] = [await bench.subscribe(), await bench.subscribe()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((subscription) => subscription.id) as [string, string];
    await bench.sql`update subscription_patterns set shard = 9`;
    await publishRouted(bench, 3);
    const counts = countsOf(await claimAll(bench, { shards: [9], after: first }));
    expect(counts).toEqual(new Map([[second, 3]]));
  });

  test("only the given shards are looked at", async () => {
    const { shard } = await bench.subscribe();
    await publishRouted(bench, 1);
    expect((await claimAll(bench, { shards: [(shard + 1) % 64] })).deliveries).toEqual([]);
    expect((await claimAll(bench, { shards: [shard] })).deliveries).toHaveLength(1);
  });

  test("new events come before retries, retries before bulk replays, each in order of being due", async () => {
    const { id } = await bench.subscribe();
    await publishRouted(bench, 6);
    const rows = await bench.sql<{ id: string }[]>`select id from delivery_queue order by id`;
    const lanes = [2, 1, 0, 2, 1, 0];
    for (const [i, row] of rows.entries()) {
      await bench.sql`update delivery_queue set lane = ${lanes[i] ?? 0}, due_at = now() - ${i} * interval '1 s'
        where id = ${row.id}`;
    }
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 6; i++) {
      const { deliveries } = await claimAll(bench, { slots: new Map([[id, 1]]) });
      taken.push(deliveries[0]?.id);
    }
    expect(taken).toEqual([5, 2, 4, 1, 3, 0].map((i) => rows[i]?.id));
  });
});

describe("a lease", () => {
  test("keeps others away until it runs out", async () => {
    await bench.subscribe();
    await publishRouted(bench, 3);
    expect((await claimAll(bench)).deliveries).toHaveLength(3);
    expect((await claimAll(bench)).deliveries).toEqual([]);
    expect(await bench.sql`select id from attempts`).toHaveLength(0);
  });

  test("that ran out is claimed again under a new token, and leaves a lost attempt", async () => {
    await bench.subscribe();
    await publishRouted(bench, 1);
    const first = await claimAll(bench);
    await expireLeases(bench);
    const second = await claimAll(bench);
    expect(second.deliveries[0]).toMatchObject({ id: first.deliveries[0]?.id, attempt: 2, retries: 0 });
    expect(BigInt(second.deliveries[0]?.leaseToken ?? 0)).toBeGreaterThan(
      BigInt(first.deliveries[0]?.leaseToken ?? 0),
    );
    const attempts = await bench.sql`select delivery_id, n, outcome, next_step from attempts`;
    expect(attempts).toEqual([
      { delivery_id: first.deliveries[0]?.id, n: 1, outcome: "lost", next_step: "retry" },
    ]);
  });

  test("is never given to two claimers at once", async () => {
    await Promise.all(Array.from({ length: 5 }, () => bench.subscribe()));
    await publishRouted(bench, 40);
    const claims = await Promise.all(Array.from({ length: 4 }, () => claimAll(bench, { slotsDefault: 15 })));
    const again = await Promise.all(Array.from({ length: 4 }, () => claimAll(bench)));
    const ids = [...claims, ...again].flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    expect(ids).toHaveLength(200);
    expect(new Set(ids).size).toBe(200);
  });
});

test("a delivery that vanished more often than its counter counts stops no other", async () => {
  await bench.subscribe();
  await publishRouted(bench, 2);
  await bench.sql`update delivery_queue set attempts = 32767 where id = (select min(id::text)::uuid from delivery_queue)`;
  const { deliveries } = await claimAll(bench);
  expect(deliveries.map(({ attempt }) => attempt).sort((a, b) => a - b)).toEqual([1, 32_767]);
});

test("what is not due yet stays", async () => {
  await bench.subscribe();
  await publishRouted(bench, 1);
  await bench.sql`update delivery_queue set due_at = now() + interval '1 minute'`;
  expect((await claimAll(bench)).deliveries).toEqual([]);
});

test("a delivery whose subscription is gone says so", async () => {
  const { id } = await bench.subscribe();
  await publishRouted(bench, 1);
  await bench.sql`delete from subscriptions where id = ${id}`;
  expect((await claimAll(bench)).deliveries[0]).toMatchObject({ subscriptionVersion: null });
});

test("a delivery whose payload was erased says so, one whose payload row is gone brings none", async () => {
  await bench.subscribe();
  await publishRouted(bench, 2);
  const [erased] = await bench.sql`
    update event_payloads set body = null where id = (select min(id::text)::uuid from events) returning id`;
  await bench.sql`delete from event_payloads where id <> ${erased?.id}`;
  const { deliveries, events } = await claimAll(bench);
  expect(deliveries).toHaveLength(2);
  expect([...events.keys()]).toEqual([erased?.id]);
  expect(events.get(erased?.id)?.sealedBody).toBeNull();
});

describe("lanes", () => {
  /** `count` deliveries of one endpoint in each of the three lanes. */
  async function fill(count: number): Promise<void> {
    await bench.subscribe();
    await publishRouted(bench, 3 * count);
    await bench.sql`
      with n as (select id, row_number() over (order by id) n from delivery_queue)
      update delivery_queue q set lane = (n.n - 1) / ${count} from n where n.id = q.id`;
  }
  const lanesOf = ({ deliveries }: Claim) => deliveries.map(({ lane }) => lane).sort();

  test("first attempts come before retries, and retries before replays", async () => {
    await fill(4);
    expect(lanesOf(await claimAll(bench, { slotsDefault: 6 }))).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test.each([1, 2] as const)(
    "when it is lane %i's turn it gets a fifth of the endpoint's slots, at least one, and no more",
    async (firstLane) => {
      await fill(10);
      const one = await claimAll(bench, { firstLane, slotsDefault: 1 });
      expect(lanesOf(one)).toEqual([firstLane]);
      const ten = await claimAll(bench, { firstLane, slotsDefault: 9 });
      expect(lanesOf(ten)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, firstLane]);
    },
  );

  test("an endpoint that may have nothing gets nothing, whoever's turn it is", async () => {
    await fill(1);
    const [{ destinationId }] = await bench.sql<[{ destinationId: string }]>`
      select destination_id "destinationId" from delivery_queue limit 1`;
    for (const firstLane of [0, 1, 2] as const) {
      const claim = await claimAll(bench, { firstLane, slots: new Map([[destinationId, 0]]) });
      expect(claim.deliveries).toEqual([]);
    }
  });

  test("a ping takes no slot, so that one is sent to an endpoint that may have nothing", async () => {
    await fill(1);
    const [row] = await bench.sql<{ id: string; destination_id: string }[]>`
      update delivery_queue set probe = true where lane = 0 returning id, destination_id`;
    const claim = await claimAll(bench, { slots: new Map([[row?.destination_id ?? "", 0]]) });
    expect(claim.deliveries).toMatchObject([{ id: row?.id, probe: true }]);
    expect((await claimAll(bench)).deliveries).toHaveLength(2);
  });
});
