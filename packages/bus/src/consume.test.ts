import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsumerHandler } from "./consume/consume-options.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "./testing/consumer-bench.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

test("an event takes effect once however many hints arrive, and its delivery and attempt say so", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, { a: 1 });
  await bench.send(draft);
  await Promise.all(Array.from({ length: 20 }, () => bench.hint()));
  await bench.settled(draft, 2);
  expect(await bench.deliveryOf(draft)).toMatchObject({
    attempts: 1,
    queued: 0,
    finished_at: expect.any(Date),
  });
  expect(await bench.attemptsOf(draft)).toMatchObject([{ n: 1, outcome: "ok", next_step: "delivered" }]);
  expect(await bench.effectsOf(draft)).toHaveLength(1);
});

test("the envelope carries the publisher's id when it is a uuid, else the event's own", async () => {
  const { consumer, topic } = bench.fresh();
  const seen: unknown[] = [];
  await bench.start({
    consumer,
    topics: [topic],
    handler: async (_tx, envelope) => {
      seen.push(envelope);
    },
  });
  const externalId = "550e8400-e29b-41d4-a716-446655440000";
  const occurredAt = new Date("2026-04-18T10:30:00Z");
  const named = bench.draft(topic, { a: 1 }, { externalId, occurredAt, sourceService: "cari-auth" });
  await bench.send(named);
  await bench.settled(named, 2);
  const plain = bench.draft(topic, { a: 2 }, { externalId: "evt_1Stripe" });
  await bench.send(plain);
  await bench.settled(plain, 2);
  expect(seen).toEqual([
    {
      id: externalId,
      topic,
      timestamp: "2026-04-18T10:30:00.000Z",
      source_service: "cari-auth",
      payload: { a: 1 },
    },
    expect.objectContaining({ id: plain.id, payload: { a: 2 } }),
  ]);
});

test("several processes share one consumer's work: every event once, and both take part", async () => {
  const { consumer, topic } = bench.fresh();
  const begun = new Set<string>();
  for (const by of ["first", "second"]) {
    const handler: ConsumerHandler<Record<string, unknown>> = async (tx, envelope, context) => {
      begun.add(by);
      await eventually(() => begun.size === 2);
      await leaveEffect(by)(tx, envelope, context);
    };
    await bench.start({ consumer, topics: [topic], handler, concurrency: 3 });
  }
  const drafts = Array.from({ length: 120 }, (_, n) => bench.draft(topic, { n }));
  await bench.send(...drafts);
  await eventually(async () =>
    (await Promise.all(drafts.map(bench.deliveryOf))).every((row) => row?.status === 2),
  );
  const rows = await bench.sql`select by, count(*)::int n, count(distinct event_id)::int events from effects
    where event_id = any(${drafts.map((draft) => draft.id)}::uuid[]) group by by`;
  expect(rows.map((row) => row.by).sort()).toEqual(["first", "second"]);
  expect(rows.reduce((total, row) => total + row.n, 0)).toBe(120);
});

test("never more deliveries are in flight than its concurrency", async () => {
  const { consumer, topic } = bench.fresh();
  let running = 0;
  let most = 0;
  const threeRun = Promise.withResolvers<void>();
  await bench.start({
    consumer,
    topics: [topic],
    concurrency: 3,
    handler: async (tx) => {
      most = Math.max(most, ++running);
      if (running === 3) threeRun.resolve();
      await threeRun.promise;
      await tx`select pg_sleep(0.005)`;
      running -= 1;
    },
  });
  const drafts = Array.from({ length: 30 }, (_, n) => bench.draft(topic, { n }));
  await bench.send(...drafts);
  await bench.settled(drafts.at(-1)!, 2);
  await eventually(async () =>
    (await Promise.all(drafts.map(bench.deliveryOf))).every((row) => row?.status === 2),
  );
  expect(most).toBe(3);
});

test("without any hint, polling finds the work", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, {});
  await bench.publish(draft);
  await bench.route();
  await bench.settled(draft, 2);
});

test("a hint is enough: nobody waits for the next poll, first attempt and retry alike", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({
    consumer,
    topics: [topic],
    pollMs: 3_600_000,
    handler: async (tx, envelope, context) => {
      if (context.attempt < 3) throw new Error("not yet");
      await leaveEffect(consumer)(tx, envelope, context);
    },
  });
  await eventually(() =>
    bench.sql`select 1 from pg_stat_activity where query ilike 'listen%'
    and application_name = ${consumer}`.then((rows) => rows.length),
  );
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await bench.settled(draft, 2);
  expect(await bench.deliveryOf(draft)).toMatchObject({ attempts: 3 });
});

test("a backlog far beyond the concurrency drains without another hint or poll", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({
    consumer,
    topics: [topic],
    pollMs: 3_600_000,
    concurrency: 4,
    handler: leaveEffect(consumer),
  });
  const drafts = Array.from({ length: 100 }, (_, n) => bench.draft(topic, { n }));
  await bench.send(...drafts);
  await eventually(
    async () => (await bench.sql`select 1 from effects where by = ${consumer}`).length === 100,
  );
});
