import { newId, systemClock } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "./testing/consumer-bench.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

test("registration keeps exactly the listed topics, and the consumer's id", async () => {
  const { consumer } = bench.fresh();
  const handler = leaveEffect(consumer);
  const topicsOf = () =>
    bench.sql`select c.id, t.topic from consumers c join consumer_topics t on t.consumer_id = c.id
      where c.name = ${consumer} order by 2`;
  await (await bench.start({ consumer, topics: ["cari.bench.a", "cari.bench.b"], handler })).stop();
  const before = await topicsOf();
  await bench.start({ consumer, topics: ["cari.bench.b", "cari.bench.c"], handler });
  const after = await topicsOf();
  expect(after.map((row) => row.topic)).toEqual(["cari.bench.b", "cari.bench.c"]);
  expect(new Set([...before, ...after].map((row) => row.id)).size).toBe(1);
});

test("stop lets the handler in flight finish and takes nothing more", async () => {
  const { consumer, topic } = bench.fresh();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consumption = await bench.start({
    consumer,
    topics: [topic],
    concurrency: 1,
    handler: async (tx, envelope, context) => {
      await held;
      await leaveEffect(consumer)(tx, envelope, context);
    },
  });
  const [first, second] = [bench.draft(topic, { n: 1 }), bench.draft(topic, { n: 2 })];
  await bench.send(first, second);
  await eventually(() => consumption.inFlight() === 1);
  const stopped = consumption.stop();
  release();
  await stopped;
  const rows = await bench.sql`select event_id from effects where by = ${consumer}`;
  expect(rows).toHaveLength(1);
  expect(
    await bench.sql`select 1 from delivery_queue where event_id in ${bench.sql([first.id, second.id])}`,
  ).toHaveLength(1);
});

test("a delivery of a topic this version does not handle never reaches its handler, and waits for one that does", async () => {
  const { consumer, topic } = bench.fresh();
  const other = `${topic}_dropped`;
  const handler = leaveEffect(consumer);
  await (await bench.start({ consumer, topics: [topic, other], handler })).stop();
  const draft = bench.draft(other, {});
  await bench.publish(draft);
  await bench.route();
  const older = await bench.start({
    consumer,
    topics: [topic],
    backoff: { firstMs: 3_600_000, factor: 1, delayMsMax: 3_600_000, jitterRatio: 0 },
    handler,
  });
  await eventually(async () => (await bench.attemptsOf(draft)).length === 1);
  expect(await bench.attemptsOf(draft)).toMatchObject([{ outcome: "error", next_step: "retry" }]);
  await older.stop();
  await bench.sql`update delivery_queue set due_at = now() where event_id = ${draft.id}`;
  await bench.start({ consumer, topics: [topic, other], handler });
  await bench.settled(draft, 2);
});
test("events a handler publishes commit with its effect and name their cause, or roll back with it", async () => {
  const { consumer, topic } = bench.fresh();
  const children = new Map<string, string[]>();
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 2,
    handler: async (tx, envelope, context) => {
      const child = bench.draft("order.paid", { order_id: "o-1", customer_id: "c-1" });
      children.set(context.eventId, [...(children.get(context.eventId) ?? []), child.id]);
      await context.publish([child]);
      await leaveEffect(consumer)(tx, envelope, context);
      if (envelope.payload.fail) throw new Error("after publishing");
    },
  });
  const [good, bad] = [bench.draft(topic, { fail: false }), bench.draft(topic, { fail: true })];
  await bench.send(good, bad);
  await bench.settled(good, 2);
  await bench.settled(bad, 3);
  const [child] = children.get(good.id)!;
  expect(await bench.sql`select caused_by from events where id = ${child!}`).toMatchObject([
    { caused_by: good.id },
  ]);
  expect(await bench.sql`select 1 from route_queue where event_id = ${child!}`).toHaveLength(1);
  const lost = children.get(bad.id)!;
  expect(lost).toHaveLength(2);
  expect(await bench.sql`select 1 from events where id = any(${lost}::uuid[])`).toHaveLength(0);
});

test("a handler cannot publish for another organization", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 1,
    handler: (_tx, _envelope, context) =>
      context.publish([bench.draft("order.paid", {}, { organizationId: newId(systemClock.now()) })]),
  });
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await bench.settled(draft, 3);
  expect((await bench.attemptsOf(draft))[0]?.error).toMatch(/of its own delivery/);
});

test("stop does not wait longer than its limit for a handler that hangs", async () => {
  const { consumer, topic } = bench.fresh();
  const held = Promise.withResolvers<void>();
  const consumption = await bench.start({
    consumer,
    topics: [topic],
    drainTimeoutMs: 50,
    handler: () => held.promise,
  });
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await eventually(() => consumption.inFlight() === 1);
  await consumption.stop();
  expect(consumption.inFlight()).toBe(1);
  held.resolve();
});

test("what a handler publishes belongs to the account its event belongs to, unless it says another", async () => {
  const { consumer, topic } = bench.fresh();
  const [accountId, otherAccountId] = [newId(systemClock.now()), newId(systemClock.now())];
  await bench.start({
    consumer,
    topics: [topic],
    handler: (_tx, _envelope, { publish }) =>
      publish([
        bench.draft("bench.child", {}),
        bench.draft("bench.child_of_other", {}, { accountId: otherAccountId }),
        bench.draft("bench.child_of_none", {}, { accountId: null }),
      ]),
  });
  const draft = bench.draft(topic, {}, { accountId });
  await bench.send(draft);
  await bench.settled(draft, 2);
  expect(
    await bench.sql`select type, account_id from events where caused_by = ${draft.id} order by type`,
  ).toEqual([
    { type: "bench.child", account_id: accountId },
    { type: "bench.child_of_none", account_id: null },
    { type: "bench.child_of_other", account_id: otherAccountId },
  ]);
});

test("a handler is given the payload's bytes as they were published, not as they parse", async () => {
  const { consumer, topic } = bench.fresh();
  const seen: string[] = [];
  await bench.start({
    consumer,
    topics: [topic],
    handler: async (_tx, _envelope, { payloadBytes }) => {
      seen.push(payloadBytes.toString());
    },
  });
  const text = '{ "n": 12345678901234567890, "value": 5.10, "twice": 1, "twice": "\\u00e9" }';
  const draft = bench.draft(topic, text);
  await bench.send(draft);
  await bench.settled(draft, 2);
  expect(seen).toEqual([text]);
});
