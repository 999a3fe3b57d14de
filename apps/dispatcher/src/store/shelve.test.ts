import { holdDeliveries, releaseDeliveries } from "@carewire/db";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimAll, expireLeases, publishRouted } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { shelveDeliveries } from "./shelve.ts";

let bench: DeliveryBench;
let subscription: TestSubscription;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  subscription = await bench.subscribe();
});

const setActive = (active: boolean) =>
  bench.sql`update subscriptions set active = ${active}, version = version + 1 where id = ${subscription.id}`;
const deliveries = () => bench.sql`select status, attempts, finished_at is not null finished from deliveries`;
const queued = () => bench.sql`select attempts, lease_token, due_at > now() later from delivery_queue`;

test("a delivery of a paused subscription is held, and no attempt is counted", async () => {
  await publishRouted(bench, 1);
  const claim = await claimAll(bench);
  await setActive(false);
  await shelveDeliveries(bench.sql, claim.deliveries);
  expect(await deliveries()).toEqual([{ status: 1, attempts: 0, finished: false }]);
  expect(await queued()).toEqual([]);
});

test("a delivery of a deleted subscription is cancelled", async () => {
  await publishRouted(bench, 1);
  const claim = await claimAll(bench);
  await bench.sql`delete from subscriptions`;
  await shelveDeliveries(bench.sql, claim.deliveries);
  expect(await deliveries()).toEqual([{ status: 4, attempts: 0, finished: true }]);
  expect(await queued()).toEqual([]);
});

test("a delivery of an active subscription that cannot be read now goes back and waits a little", async () => {
  await publishRouted(bench, 1);
  const claim = await claimAll(bench);
  await shelveDeliveries(bench.sql, claim.deliveries);
  expect(await deliveries()).toEqual([{ status: 0, attempts: 0, finished: false }]);
  expect(await queued()).toEqual([{ attempts: 0, lease_token: null, later: true }]);
});

test("resuming at the very moment of shelving leaves nothing held", async () => {
  await publishRouted(bench, 10);
  await setActive(false);
  const claim = await claimAll(bench);
  const resume = bench.sql.begin(async (tx) => {
    await tx`update subscriptions set active = true, version = version + 1 where id = ${subscription.id}`;
    const shelving = shelveDeliveries(bench.sql, claim.deliveries);
    await tx`select pg_sleep(0.05)`;
    await releaseDeliveries(tx, subscription.id);
    return { shelving };
  });
  await (await resume).shelving;
  expect(await bench.sql`select id from deliveries where status = 1`).toHaveLength(0);
  expect(await queued()).toHaveLength(10);
});

test("a lease that was taken over is left alone", async () => {
  await publishRouted(bench, 1);
  const late = await claimAll(bench);
  await expireLeases(bench);
  const current = await claimAll(bench);
  await setActive(false);
  await shelveDeliveries(bench.sql, late.deliveries);
  expect(await queued()).toMatchObject([{ attempts: 2, lease_token: current.deliveries[0]?.leaseToken }]);
});

test("new events are held as long as the subscription is, and released with the rest, in the retry lane", async () => {
  await publishRouted(bench, 2);
  await holdDeliveries(bench.sql, subscription.id);
  await publishRouted(bench, 1);
  expect(await queued()).toHaveLength(0);
  expect(await releaseDeliveries(bench.sql, subscription.id)).toBe(3);
  await publishRouted(bench, 1);
  const lanes = await bench.sql`select lane, count(*)::int count from delivery_queue group by 1 order by 1`;
  expect(lanes).toEqual([
    { lane: 0, count: 1 },
    { lane: 1, count: 3 },
  ]);
  expect(await bench.sql`select id from deliveries where status <> 0`).toHaveLength(0);
});
