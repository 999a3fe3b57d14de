import { randomUUID } from "node:crypto";
import { createPublisher, type EventDraft, operationalEvent } from "@carewire/bus";
import { connect, type Sql } from "@carewire/db";
import { startTcpProxy } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRecordQueue } from "./record-queue.ts";
import { hotPathSettings } from "./store/hot-path-settings.ts";
import { claimAll, publishRouted, recordOf } from "./testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let fenced: number;
let errors: unknown[];

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  await bench.subscribe();
  fenced = 0;
  errors = [];
});

const createQueue = (sql: Sql) =>
  createRecordQueue({
    sql,
    publisher: createPublisher(bench),
    onPublished: () => {},
    onFenced: (outcomes) => {
      fenced += outcomes;
    },
    onError: (error) => errors.push(error),
    failpoint: () => {},
  });

const delivered = async () => (await bench.sql`select id from deliveries where status = 2`).length;

test("outcomes that come together are all written, and counted as fenced when their lease is gone", async () => {
  const queue = createQueue(bench.sql);
  await publishRouted(bench, 50);
  const { deliveries } = await claimAll(bench);
  await bench.sql`update delivery_queue set lease_token = -1 where id = ${deliveries[0]?.id ?? null}`;
  await Promise.all(deliveries.map((delivery) => queue.record(recordOf(delivery))));
  expect(await delivered()).toBe(49);
  expect(fenced).toBe(1);
  expect(errors).toEqual([]);
});

test("one outcome that can never be written does not keep the others from being", async () => {
  const queue = createQueue(bench.sql);
  await publishRouted(bench, 9);
  const { deliveries } = await claimAll(bench);
  const records = deliveries.map((delivery, i) =>
    recordOf(delivery, i === 4 ? { reason: "nul \u0000" } : {}),
  );
  await Promise.all(records.map((record) => queue.record(record)));
  expect(await delivered()).toBe(8);
  expect(errors.length).toBeGreaterThan(0);
  await queue.drain();
});

const noticeOf = (organizationId: string): EventDraft =>
  operationalEvent({
    type: "message.attempt.exhausted",
    organizationId,
    accountId: null,
    subscriptionId: bench.organizationId,
    payload: {
      delivery_id: "dlv_1",
      event_id: "evt_1",
      event_type: "order.paid",
      attempts: 8,
      reason: "test",
    },
    sourceService: "test",
    nowMs: Date.now(),
  });

test("one outcome that cannot be told of is written all the same, and the others are told of", async () => {
  const queue = createQueue(bench.sql);
  await publishRouted(bench, 5);
  const { deliveries } = await claimAll(bench);
  const gone = randomUUID();
  const records = deliveries.map((delivery, i) =>
    recordOf(delivery, { nextStep: "failed", announces: noticeOf(i === 2 ? gone : bench.organizationId) }),
  );
  await Promise.all(records.map((record) => queue.record(record)));
  expect((await bench.deliveries()).filter(({ status }) => status === "failed")).toHaveLength(5);
  expect(await bench.sql`select id from events where type = 'message.attempt.exhausted'`).toHaveLength(4);
});

test("outcomes wait while the database is away and are written once when it is back", async () => {
  const address = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { port: Number(address.port) } });
  address.port = String(proxy.port);
  const sql = connect({ url: address.toString(), max: 1, applicationName: "cut", settings: hotPathSettings });
  try {
    const queue = createQueue(sql);
    await publishRouted(bench, 20);
    const { deliveries } = await claimAll(bench);
    await sql`select 1`;
    proxy.cut();
    const recorded = Promise.all(deliveries.map((delivery) => queue.record(recordOf(delivery))));
    await waitUntil(() => errors.length > 0);
    expect(await delivered()).toBe(0);
    proxy.restore();
    await recorded;
    await queue.drain();
    expect(await delivered()).toBe(20);
    expect(await bench.sql`select id from attempts`).toHaveLength(20);
  } finally {
    await sql.end({ timeout: 1 });
    await proxy.close();
  }
});

test("outcomes of which nobody knows whether they were committed are sent again, and written once", async () => {
  let answersLost = 0;
  // The first statement is committed, but who sent it hears of a lost connection instead.
  const sql = new Proxy(bench.sql, {
    apply(target, self, args: Parameters<Sql>) {
      const query = Reflect.apply(target, self, args);
      if (answersLost > 0 || !args[0].join("").includes("insert into attempts")) return query;
      answersLost++;
      return query.then(() => Promise.reject(new Error("the connection was lost")));
    },
  });
  const queue = createQueue(sql);
  await publishRouted(bench, 5);
  const { deliveries } = await claimAll(bench);
  await Promise.all(deliveries.map((delivery) => queue.record(recordOf(delivery))));
  expect(errors).toHaveLength(1);
  expect(fenced).toBe(5);
  expect(await delivered()).toBe(5);
  expect(await bench.sql`select id from attempts`).toHaveLength(5);
});
