import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let endpoint: Receiver;
let dispatcher: RunningDispatcher;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  endpoint = await startReceiver();
  dispatcher = await startDispatcher(bench);
  await bench.subscribe({ url: endpoint.url, events: ["order.*"] });
  return async () => {
    await dispatcher.stop();
    await endpoint.close();
  };
});

const clockErrors = ({ errors }: RunningDispatcher) => errors.filter((error) => error.startsWith("clock: "));
const delivered = async () =>
  (await bench.deliveries()).filter(({ status }) => status === "delivered").length;

test.each([
  ["a year ago", -365],
  ["in a year", 365],
])("publish to delivered counts from our acceptance of an event that happened %s", async (_when, days) => {
  await bench.publish({ occurredAt: new Date(Date.now() + days * 86_400_000) });
  await bench.wake();
  await waitUntil(async () => (await delivered()) === 1);
  const { count, sum } = await dispatcher.deliveredSeconds();
  expect(count).toBe(1);
  expect(sum).toBeGreaterThanOrEqual(0);
  expect(sum).toBeLessThan(30);
});

test("a bulk replay says nothing about how long publishing to delivering takes", async () => {
  const event = await bench.publish();
  await bench.wake();
  await waitUntil(async () => (await delivered()) === 1);
  const [row] = await bench.sql<{ id: string }[]>`
    update deliveries set status = 0 where event_id = ${event} returning id`;
  await bench.sql`
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, due_at)
    select d.id, d.organization_id, d.event_id, d.destination_id, s.shard, 2, now()
    from deliveries d join subscriptions s on s.id = d.destination_id where d.id = ${row?.id ?? null}`;
  await endpoint.waitFor(2, patienceMs);
  await waitUntil(async () => (await delivered()) === 1);
  expect((await dispatcher.deliveredSeconds()).count).toBe(1);
});

test("a dispatcher whose clock is ten minutes ahead says so as it starts, and how far in its metrics", async () => {
  const ahead = await startDispatcher(bench, { clock: { now: () => Date.now() + 600_000 } });
  await ahead.stop();
  expect(clockErrors(ahead)).toEqual([expect.stringContaining("s apart")]);
  expect(await ahead.clockSkewSeconds()).toBeGreaterThan(300);
});

test("a dispatcher whose clock is right says nothing of it", async () => {
  expect(clockErrors(dispatcher)).toEqual([]);
  expect(await dispatcher.clockSkewSeconds()).toBeLessThan(2);
});
