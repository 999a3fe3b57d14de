import { wakeChannel } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let dispatcher: RunningDispatcher;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  dispatcher = await startDispatcher(bench);
});
afterAll(async () => {
  await dispatcher.stop();
  expect(dispatcher.errors).toEqual([]);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

const quiet = { events: ["nothing.at_all"] };

/** A delivery beside those that routing made: 1 a replay, 2 a ping or test. */
async function addDelivery(
  { id, shard }: TestSubscription,
  eventId: string,
  trigger: 1 | 2,
): Promise<string> {
  const deliveryId = newId(Date.now());
  await bench.sql`insert into deliveries (id, organization_id, event_id, destination_id, trigger)
    values (${deliveryId}, ${bench.organizationId}, ${eventId}, ${id}, ${trigger})`;
  await bench.sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, probe)
    values (${deliveryId}, ${bench.organizationId}, ${eventId}, ${id}, ${shard}, ${trigger === 2})`;
  await bench.sql.notify(wakeChannel, `shards:${shard}`);
  return deliveryId;
}

async function ended(deliveryId: string): Promise<string> {
  return waitUntil(async () => {
    const delivery = (await bench.deliveries()).find(({ id }) => id === deliveryId);
    return delivery && !["pending", "held"].includes(delivery.status) && delivery.status;
  });
}

const isActive = async ({ id }: TestSubscription) =>
  (await bench.sql`select active from subscriptions where id = ${id}`)[0]?.active;

describe("a ping or test", () => {
  test("is sent even to a paused endpoint", async () => {
    const subscription = await bench.subscribe({ url: receiver.url, active: false, ...quiet });
    const probe = await addDelivery(subscription, await bench.publish(), 2);
    expect(await ended(probe)).toBe("delivered");
    expect(receiver.total()).toBe(1);
    expect(await isActive(subscription)).toBe(false);
  });

  test.each([
    ["500", { status: 500 }],
    ["410", { status: 410 }],
    ["503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }],
    ["500 with webhook-delivery: disable", { status: 500, headers: { "webhook-delivery": "disable" } }],
    ["a broken connection", { destroy: true as const }],
  ])("answered by %s fails at once, is not sent again and disables nothing", async (_name, answer) => {
    receiver.answer(answer);
    const subscription = await bench.subscribe({ url: receiver.url, ...quiet });
    const eventId = await bench.publish();
    const probe = await addDelivery(subscription, eventId, 2);
    expect(await ended(probe)).toBe("failed");
    const attempts = await bench.attempts(eventId);
    expect(attempts).toMatchObject([{ n: 1, nextStep: "failed" }]);
    expect(attempts[0]?.reason).toMatch(/; a ping or test is sent once$/);
    expect(await bench.sql`select id from delivery_queue`).toHaveLength(0);
    expect(await isActive(subscription)).toBe(true);
  });

  test("does not count for the endpoint's health", async () => {
    receiver.answer({ status: 500 });
    const subscription = await bench.subscribe({ url: receiver.url, ...quiet });
    for (let i = 0; i < 5; i++) await ended(await addDelivery(subscription, await bench.publish(), 2));
    const state = await bench.sql`select * from endpoint_state where subscription_id = ${subscription.id}`;
    expect(state.filter(({ failing_since }) => failing_since !== null)).toEqual([]);
  });
});

test("a replay counts its attempts from 1, and the automatic delivery keeps its own numbers", async () => {
  receiver.answer(() => ({ status: receiver.total() < 3 ? 500 : 200 }));
  const subscription = await bench.subscribe({ url: receiver.url });
  const eventId = await bench.publish();
  await bench.wake();
  const [automatic] = await waitUntil(async () => {
    const deliveries = await bench.deliveries(eventId);
    return deliveries[0]?.status === "delivered" && deliveries;
  });
  receiver.answer(() => ({ status: receiver.total() < 5 ? 500 : 200 }));
  const replay = await addDelivery(subscription, eventId, 1);
  expect(await ended(replay)).toBe("delivered");
  const numbers = async (id?: string) =>
    (await bench.sql`select n from attempts where delivery_id = ${id ?? ""} order by id`).map(({ n }) => n);
  expect(await numbers(automatic?.id)).toEqual([1, 2, 3]);
  expect(await numbers(replay)).toEqual([1, 2]);
  const ids = new Set((await receiver.waitFor(5, patienceMs)).map(({ headers }) => headers["webhook-id"]));
  expect(ids.size).toBe(1);
});

describe("webhook-delivery", () => {
  test("abort-message ends the message, and the endpoint goes on with the next", async () => {
    receiver.answer(() => ({ status: 500, headers: { "webhook-delivery": "abort-message" } }));
    const subscription = await bench.subscribe({ url: receiver.url });
    const eventId = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(eventId))[0]?.status === "failed");
    expect(await bench.attempts(eventId)).toMatchObject([{ nextStep: "failed" }]);
    expect(await isActive(subscription)).toBe(true);
  });

  test("disable on a success keeps it delivered and disables the endpoint, with the reason", async () => {
    receiver.answer(() => ({ status: 200, headers: { "webhook-delivery": "disable" } }));
    const { id } = await bench.subscribe({ url: receiver.url });
    const eventId = await bench.publish();
    await bench.wake();
    const [row] = await waitUntil(async () => {
      const rows = await bench.sql`select active, disabled_reason from subscriptions where id = ${id}`;
      return rows[0]?.active === false && rows;
    });
    expect(row?.disabled_reason).toContain("webhook-delivery: disable");
    expect(await bench.deliveries(eventId)).toMatchObject([{ status: "delivered", attempts: 1 }]);
  });
});
