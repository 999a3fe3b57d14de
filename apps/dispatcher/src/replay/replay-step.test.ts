import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { createReplayBench } from "../testing/replay-bench.ts";

let bench: DeliveryBench;
let replays: ReturnType<typeof createReplayBench>;

beforeAll(async () => {
  bench = await createDeliveryBench();
  replays = createReplayBench(bench);
});
afterAll(() => bench.close());
beforeEach(() => replays.reset());

const queuedEvents = async () => (await replays.queued()).map(({ eventId }) => eventId);

async function deliveryOf(eventId: string): Promise<string> {
  const [row] =
    await bench.sql`select id from deliveries where event_id = ${eventId} order by id desc limit 1`;
  return row?.id;
}

async function finish(eventId: string): Promise<void> {
  await bench.sql`delete from delivery_queue where event_id = ${eventId}`;
  await bench.sql`update deliveries set status = 2 where event_id = ${eventId} and status = 0`;
}

describe("a replay by filter", () => {
  test("queues what is finished, each a delivery of its own that says which one it repeats", async () => {
    const subscription = await bench.subscribe();
    const delivered = await replays.publish("delivered");
    const failed = await replays.publish("failed");
    const cancelled = await replays.publish("cancelled");
    await replays.publish("held");
    const pending = await bench.publish();
    const id = await replays.addJob([subscription]);
    await replays.run();
    expect(await replays.queued()).toEqual(
      await Promise.all(
        [delivered, failed, cancelled].map(async (eventId) => ({
          eventId,
          subscriptionId: subscription.id,
          replayOf: await firstDelivery(eventId),
        })),
      ),
    );
    expect(await replays.job(id)).toEqual({ status: "done", replayed: 3, error: null });
    expect(await queuedEvents()).not.toContain(pending);
  });

  test.each([
    ["status", { status: ["failed"] as const }, ["failed"]],
    ["type", { type: ["order.refunded"] }, ["delivered"]],
    ["pattern", { type: ["order.*"] }, ["delivered", "failed"]],
    ["every type", { type: ["*"] }, ["delivered", "failed"]],
    ["two conditions", { type: ["order.refunded"], status: ["failed"] as const }, []],
  ])("takes only what its %s says", async (_name, filter, expected) => {
    const subscription = await bench.subscribe();
    const ids = {
      delivered: await replays.publish("delivered", { type: "order.refunded" }),
      failed: await replays.publish("failed"),
    };
    await replays.addJob([subscription], { filter: filter as object });
    await replays.run();
    expect(await queuedEvents()).toEqual(expected.map((name) => ids[name as "delivered" | "failed"]));
  });

  test("takes only what was answered as it says", async () => {
    const subscription = await bench.subscribe();
    const busy = await replays.publish("failed");
    const gone = await replays.publish("failed");
    const silent = await replays.publish("failed");
    await addAttempt(busy, "http_5xx", 503);
    await addAttempt(gone, "http_4xx", 404);
    await addAttempt(silent, "timeout", null);
    for (const [responseClass, eventId] of [
      ["5xx", busy],
      ["4xx", gone],
      ["timeout", silent],
    ] as const) {
      await replays.addJob([subscription], { filter: { response_class: responseClass } });
      await replays.run();
      expect(await queuedEvents()).toEqual([eventId]);
      await bench.sql`delete from delivery_queue`;
      await bench.sql`delete from deliveries where trigger = 1`;
    }
  });

  test("takes only events of its account", async () => {
    const accountId = await bench.addAccount();
    const subscription = await bench.subscribe();
    const ofAccount = await replays.publish("failed", { accountId });
    await replays.publish("failed");
    await replays.addJob([subscription], { filter: { account_id: publicId("acc", accountId) } });
    await replays.run();
    expect(await queuedEvents()).toEqual([ofAccount]);
  });

  test("counts only the newest delivery of an event to an endpoint, so that nothing is queued twice", async () => {
    const subscription = await bench.subscribe();
    const eventId = await replays.publish("failed");
    await replays.addJob([subscription]);
    await replays.run();
    const first = await deliveryOf(eventId);
    await finish(eventId);
    await replays.addJob([subscription], { filter: { status: ["failed"] } });
    await replays.run();
    expect(await replays.queued(), "the newest was delivered").toEqual([]);
    await replays.addJob([subscription]);
    await replays.run();
    expect(await replays.queued()).toEqual([{ eventId, subscriptionId: subscription.id, replayOf: first }]);
    await replays.addJob([subscription]);
    await replays.run();
    expect(await queuedEvents(), "it is on its way already").toEqual([eventId]);
  });

  test("leaves alone what is not in its window, not to its endpoints, a ping, or has lost its payload", async () => {
    const subscription = await bench.subscribe();
    const other = await bench.subscribe();
    const eventId = await replays.publish("failed");
    const erased = await replays.publish("failed");
    await bench.sql`update event_payloads set body = null where id = ${erased}`;
    const ping = await replays.publish("failed");
    await bench.sql`update deliveries set trigger = 2 where event_id = ${ping}`;
    const earlier = new Date(Date.now() - 3_600_000).toISOString();
    await replays.addJob([subscription], { filter: { until: earlier, since: "2026-01-01T00:00:00Z" } });
    await replays.run();
    expect(await queuedEvents()).toEqual([]);
    await replays.addJob([subscription]);
    await replays.run();
    expect((await replays.queued()).map((queued) => [queued.eventId, queued.subscriptionId])).toEqual([
      [eventId, subscription.id],
    ]);
    expect(other.id).not.toBe(subscription.id);
  });
});

describe("recovering an endpoint", () => {
  test("takes every event that matches, delivered or not, and leaves alone what is on its way", async () => {
    const unseen = await replays.publish("delivered");
    const subscription = await bench.subscribe({ events: ["order.*"] });
    const delivered = await replays.publish("delivered");
    const failed = await replays.publish("failed");
    await replays.publish("delivered", { type: "customer.created" });
    await replays.publish("held");
    const id = await replays.addJob([subscription], { kind: "recover" });
    await replays.run();
    expect(await replays.queued()).toMatchObject([
      { eventId: unseen, replayOf: null },
      { eventId: delivered, replayOf: await firstDelivery(delivered) },
      { eventId: failed, replayOf: await firstDelivery(failed) },
    ]);
    expect(await replays.job(id)).toMatchObject({ status: "done", replayed: 3 });
  });

  test("takes what did not arrive when that is all it should", async () => {
    const subscription = await bench.subscribe();
    await replays.publish("delivered");
    const failed = await replays.publish("failed");
    const cancelled = await replays.publish("cancelled");
    await replays.addJob([subscription], { kind: "recover", filter: { only_failed: true } });
    await replays.run();
    expect(await queuedEvents()).toEqual([failed, cancelled]);
  });
});

async function firstDelivery(eventId: string): Promise<string> {
  const [row] = await bench.sql`select id from deliveries where event_id = ${eventId} order by id limit 1`;
  return row?.id;
}

async function addAttempt(eventId: string, outcome: string, httpStatus: number | null): Promise<void> {
  await bench.sql`
    insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, next_step, reason, started_at)
    values (${newId(Date.now())}, ${await deliveryOf(eventId)}, ${bench.organizationId}, 1, ${outcome}, ${httpStatus},
      'failed', 'test', now())`;
}
