import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let owner: Receiver;
let endpoint: Receiver;
let dispatcher: RunningDispatcher;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  owner = await startReceiver();
  endpoint = await startReceiver();
  return async () => {
    await dispatcher.stop();
    await Promise.all([owner.close(), endpoint.close()]);
  };
});

interface Told {
  type: string;
  data: Record<string, unknown>;
}

/** The operational events the owner received, by type. */
const told = () =>
  owner.requests().map(({ body }) => {
    const { type, data } = JSON.parse(body.toString()) as Told;
    return { type, data };
  });
const toldTypes = () => told().map(({ type }) => type);

describe("the owner of an endpoint is told", () => {
  test("when a delivery ends without success, and not about the telling itself", async () => {
    dispatcher = await startDispatcher(bench);
    endpoint.answer({ status: 500 });
    // It fails too, and every failure of it would be another event for it.
    const broken = await startReceiver();
    broken.answer({ status: 500 });
    await bench.subscribe({ url: endpoint.url, events: ["order.*"], retriesMax: 1 });
    await bench.subscribe({ url: owner.url, events: ["message.attempt.exhausted"] });
    await bench.subscribe({ url: broken.url, events: ["message.*"], retriesMax: 0 });
    await bench.publish({ externalId: "order-1" });
    await bench.wake();
    await owner.waitFor(1, patienceMs);
    await waitUntil(
      async () => (await bench.deliveries()).filter(({ status }) => status === "failed").length === 2,
    );
    expect(told()).toMatchObject([
      {
        type: "message.attempt.exhausted",
        data: { event_id: "order-1", event_type: "order.paid", attempts: 2 },
      },
    ]);
    expect(await bench.sql`select id from events where type like 'message.%'`).toHaveLength(1);
    await broken.close();
  });

  test("when an endpoint answers 410, and what comes later is held", async () => {
    dispatcher = await startDispatcher(bench);
    endpoint.answer({ status: 410 });
    await bench.subscribe({ url: endpoint.url, events: ["order.*"] });
    await bench.subscribe({ url: owner.url, events: ["endpoint.*"] });
    await bench.publish();
    await bench.wake();
    await owner.waitFor(1, patienceMs);
    expect(told()).toMatchObject([
      { type: "endpoint.disabled", data: { reason: expect.stringContaining("410") } },
    ]);
    const later = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(later)).length === 1);
    expect(await bench.deliveries(later)).toMatchObject([{ status: "held" }]);
  });

  test("that it answered 410, also when the database refused to write that down at first", async () => {
    dispatcher = await startDispatcher(bench);
    endpoint.answer({ status: 410 });
    await bench.subscribe({ url: endpoint.url, events: ["order.*"] });
    await bench.subscribe({ url: owner.url, events: ["endpoint.*"] });
    await bench.sql.unsafe(`create function refuse() returns trigger language plpgsql as $$ begin
        raise exception 'not now'; end $$;
      create trigger refuse before update on subscriptions for each row execute function refuse()`);
    await bench.publish();
    await bench.wake();
    await waitUntil(() => dispatcher.errors.some((error) => error.startsWith("disable")));
    await bench.sql`drop function refuse cascade`;
    await owner.waitFor(1, patienceMs);
    expect(toldTypes()).toEqual(["endpoint.disabled"]);
  });

  test("that it fails, and that it works again", async () => {
    // Warned after a quarter of the time.
    dispatcher = await startDispatcher(bench, {
      disableAfterMs: 400_000,
      scheduleMs: [200],
      breaker: { failuresMax: 1_000, pauseMs: 1, pauseMsMax: 1 },
    });
    endpoint.answer({ status: 500 });
    await bench.subscribe({ url: endpoint.url, events: ["order.*"] });
    await bench.subscribe({ url: owner.url, events: ["endpoint.*"] });
    await bench.publish();
    await bench.wake();
    // As if it had failed for longer.
    await waitUntil(async () => {
      const aged = await bench.sql`
        update endpoint_state set failing_since = failing_since - interval '150 seconds' where failing_since is not null`;
      return aged.count > 0;
    });
    await owner.waitFor(1, patienceMs);
    endpoint.answer({ status: 200 });
    await waitUntil(() => toldTypes().includes("endpoint.recovered"));
    expect(toldTypes()).toContain("endpoint.failing");
    expect(toldTypes()).not.toContain("endpoint.disabled");
    const [state] = await bench.sql`
      select consecutive_failures, failing_since, warnings from endpoint_state e
      join subscriptions s on s.id = e.subscription_id where s.url = ${endpoint.url}`;
    expect(state).toEqual({ consecutive_failures: 0, failing_since: null, warnings: 0 });
  }, 120_000);

  test("that it was switched off after failing for the whole time", async () => {
    dispatcher = await startDispatcher(bench, { disableAfterMs: 2_000, scheduleMs: [100] });
    endpoint.answer({ status: 500 });
    await bench.subscribe({ url: endpoint.url, events: ["order.*"] });
    await bench.subscribe({ url: owner.url, events: ["endpoint.*"] });
    await bench.publishMany(3);
    await bench.wake();
    await waitUntil(() => toldTypes().includes("endpoint.disabled"));
    const open = async () => (await bench.deliveries()).filter(({ status }) => status === "pending");
    await waitUntil(async () => (await open()).length === 0);
    const [{ sent, kept }] = await bench.sql<[{ sent: number; kept: number }]>`
      select (select count(*) from attempts)::int sent, (select sum(attempts) from deliveries)::int kept`;
    expect(sent).toBe(kept);
  }, 120_000);
});
