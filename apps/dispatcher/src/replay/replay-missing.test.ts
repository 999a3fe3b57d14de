import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { createReplayBench } from "../testing/replay-bench.ts";
import { createFilterCandidates } from "./filter-candidates.ts";

let bench: DeliveryBench;
let replays: ReturnType<typeof createReplayBench>;

beforeAll(async () => {
  bench = await createDeliveryBench();
  replays = createReplayBench(bench);
});
afterAll(() => bench.close());
beforeEach(() => replays.reset());

const queuedEvents = async () => (await replays.queued()).map(({ eventId }) => eventId);

/** What the endpoint got of it was delivered. */
async function finish(eventId: string): Promise<void> {
  await bench.sql`delete from delivery_queue where event_id = ${eventId}`;
  await bench.sql`update deliveries set status = 2 where event_id = ${eventId} and status = 0`;
}

describe("replaying what is missing", () => {
  const missing = { kind: "missing" } as const;

  test("takes what never had a delivery at the endpoint, and nothing twice", async () => {
    const before = await replays.publish("delivered");
    const subscription = await bench.subscribe();
    await replays.publish("failed");
    await replays.publish("held");
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await replays.queued()).toEqual([
      { eventId: before, subscriptionId: subscription.id, replayOf: null },
    ]);
    await finish(before);
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await replays.queued()).toEqual([]);
  });

  test.each([
    ["of a type it does not name", { type: "customer.created" }, { events: ["order.*"] }],
    ["of the platform's own doings, for one that asks for everything", { type: "endpoint.disabled" }, {}],
    ["that is internal", { type: "cari.auth.user_created" }, {}],
    ["whose payload its condition refuses", { data: '{"amount":1}' }, { filter: { amount: { $gt: 1 } } }],
    ["that its condition cannot read", { data: "not json" }, { filter: { other: { $exists: false } } }],
  ])("leaves alone an event %s", async (_name, event, draft) => {
    await replays.publish("delivered", event);
    const wanted = await replays.publish("delivered", { data: '{"amount":2}' });
    const subscription = await bench.subscribe(draft);
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await queuedEvents()).toEqual([wanted]);
  });

  test("leaves alone another organization's and another account's events", async () => {
    const organizationId = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${organizationId}, 'another')`;
    await replays.publish("delivered", { organizationId });
    await replays.publish("delivered", { accountId: await bench.addAccount() });
    const accountId = await bench.addAccount();
    const own = await replays.publish("delivered", { accountId });
    const subscription = await bench.subscribe({ accountId });
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await queuedEvents()).toEqual([own]);
  });

  test("leaves to routing what still waits for it, and pings to whom they were meant for", async () => {
    await bench.subscribe();
    const ping = await replays.publish("delivered");
    await bench.sql`update deliveries set trigger = 2 where event_id = ${ping}`;
    const subscription = await bench.subscribe();
    const unrouted = await bench.publish();
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await replays.queued()).toEqual([]);
    await bench.sql`delete from route_queue`;
    await replays.addJob([subscription], missing);
    await replays.run();
    expect(await queuedEvents()).toEqual([unrouted]);
  });

  test("waits, and says so, while a payload cannot be opened that its condition must see", async () => {
    await replays.publish("delivered", { data: '{"amount":2}' });
    const subscription = await bench.subscribe({ filter: { amount: 2 } });
    const id = await replays.addJob([subscription], missing);
    const unopened = () => Promise.reject(new Error("no key"));
    await expect(replays.step({ filterCandidates: unopened })).rejects.toThrow("no key");
    expect(await replays.job(id)).toMatchObject({
      status: "running",
      error: expect.stringContaining("again"),
    });
    expect(await replays.step(), "others go first").toEqual({ kind: "idle" });
    await replays.makeDue();
    await replays.run();
    expect(await replays.job(id)).toEqual({ status: "done", replayed: 1, error: null });
  });

  test("goes on where the time for a step was up, and ends complete, when its condition takes long", async () => {
    const wanted: string[] = [];
    for (let i = 0; i < 6; i++) {
      wanted.push(await replays.publish("delivered", { data: '{"amount":2}' }));
      await replays.publish("delivered", { data: '{"amount":1}' });
    }
    const subscription = await bench.subscribe({ filter: { amount: { $ne: 1 } } });
    const id = await replays.addJob([subscription], missing);
    let nowMs = 0;
    const filterCandidates = createFilterCandidates({
      vault: bench.vault,
      monotonic: { now: () => (nowMs += 700) },
    });
    await replays.step({ filterCandidates });
    const first = await queuedEvents();
    expect(first).toEqual(wanted.slice(0, first.length));
    expect(first.length).toBeLessThan(wanted.length);
    expect(await replays.job(id)).toMatchObject({ status: "running" });
    while ((await replays.step({ filterCandidates })).kind !== "idle");
    expect(await queuedEvents()).toEqual(wanted);
    expect(await replays.job(id)).toMatchObject({ status: "done", replayed: wanted.length });
  });

  test("gives others turns while its condition is evaluated", async () => {
    for (let i = 0; i < 10; i++) await replays.publish("delivered", { data: '{"amount":2}' });
    const subscription = await bench.subscribe({ filter: { amount: 2 } });
    await replays.addJob([subscription], missing);
    let turns = 0;
    const seen: number[] = [];
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    let nowMs = 0;
    const filterCandidates = createFilterCandidates({
      vault: {
        async dataKey(organizationId) {
          const key = await bench.vault.dataKey(organizationId);
          seen.push(turns);
          return key;
        },
      },
      monotonic: { now: () => (nowMs += 11) },
    });
    try {
      await replays.step({ filterCandidates });
    } finally {
      clearImmediate(next);
    }
    expect(new Set(seen).size).toBeGreaterThanOrEqual(5);
  });
});
