import { newId, systemClock } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsumerHandler } from "./consume/consume-options.ts";
import type { EventDraft } from "./event-draft.ts";
import { type ConsumerBench, createConsumerBench } from "./testing/consumer-bench.ts";
import { deadLetterAad, payloadAad } from "./vault.ts";

let bench: ConsumerBench;
let names = 0;

beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

/** A consumer name and topic nobody else in this file uses. */
function fresh(): { consumer: string; topic: string } {
  names += 1;
  return { consumer: `bench.consumer_${names}`, topic: `cari.bench.topic_${names}` };
}

const leaveEffect =
  (by: string): ConsumerHandler<Record<string, unknown>> =>
  async (tx, _envelope, context) => {
    await tx`insert into effects (event_id, by) values (${context.eventId}, ${by})`;
  };

const effectsOf = (draft: EventDraft) => bench.sql`select by from effects where event_id = ${draft.id}`;

const deliveryOf = async (draft: EventDraft) => {
  const [row] = await bench.sql`
    select d.id, d.status, d.attempts, d.finished_at, (select count(*)::int from delivery_queue q where q.id = d.id) queued
    from deliveries d where d.event_id = ${draft.id}`;
  return row;
};

const attemptsOf = (draft: EventDraft) => bench.sql`
  select a.n, a.outcome, a.next_step, a.error, a.reason, a.next_retry_at from attempts a
  join deliveries d on d.id = a.delivery_id where d.event_id = ${draft.id} order by a.id`;

const settled = (draft: EventDraft, status: number) =>
  eventually(async () => (await deliveryOf(draft))?.status === status, { description: `status ${status}` });

test("an event takes effect once however many hints arrive, and its delivery and attempt say so", async () => {
  const { consumer, topic } = fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, { a: 1 });
  await bench.send(draft);
  await Promise.all(Array.from({ length: 20 }, () => bench.hint()));
  await settled(draft, 2);
  expect(await deliveryOf(draft)).toMatchObject({ attempts: 1, queued: 0, finished_at: expect.any(Date) });
  expect(await attemptsOf(draft)).toMatchObject([{ n: 1, outcome: "ok", next_step: "delivered" }]);
  expect(await effectsOf(draft)).toHaveLength(1);
});

test("the envelope carries the publisher's id when it is a uuid, else the event's own", async () => {
  const { consumer, topic } = fresh();
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
  await settled(named, 2);
  const plain = bench.draft(topic, { a: 2 }, { externalId: "evt_1Stripe" });
  await bench.send(plain);
  await settled(plain, 2);
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
  const { consumer, topic } = fresh();
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
  await eventually(
    async () => (await Promise.all(drafts.map(deliveryOf))).every((row) => row?.status === 2),
    {
      timeoutMs: 15_000,
      intervalMs: 100,
    },
  );
  const rows = await bench.sql`select by, count(*)::int n, count(distinct event_id)::int events from effects
    where event_id = any(${drafts.map((draft) => draft.id)}::uuid[]) group by by`;
  expect(rows.map((row) => row.by).sort()).toEqual(["first", "second"]);
  expect(rows.reduce((total, row) => total + row.n, 0)).toBe(120);
});

test("never more deliveries are in flight than its concurrency", async () => {
  const { consumer, topic } = fresh();
  let running = 0;
  let most = 0;
  await bench.start({
    consumer,
    topics: [topic],
    concurrency: 3,
    handler: async (tx) => {
      most = Math.max(most, ++running);
      await tx`select pg_sleep(0.005)`;
      running -= 1;
    },
  });
  const drafts = Array.from({ length: 30 }, (_, n) => bench.draft(topic, { n }));
  await bench.send(...drafts);
  await settled(drafts.at(-1)!, 2);
  await eventually(async () => (await Promise.all(drafts.map(deliveryOf))).every((row) => row?.status === 2));
  expect(most).toBe(3);
});

test("a payload its schema refuses is a dead letter at once, in the words of the log, with its bytes kept", async () => {
  const { consumer } = fresh();
  const topic = "cari.auth.user_created";
  let calls = 0;
  await bench.start({
    consumer,
    topics: [topic],
    handler: async () => {
      calls += 1;
    },
  });
  const body = '{"user_id": "u-1",  "registration_role":"DOCTOR"}';
  const draft = bench.draft(topic, body);
  await bench.send(draft);
  await settled(draft, 3);
  const [letter] = await bench.sql`select * from dead_letters where event_id = ${draft.id}`;
  expect(letter).toMatchObject({
    organization_id: bench.organizationId,
    delivery_id: (await deliveryOf(draft))?.id,
    consumer,
    topic,
    cause: "schema",
    error: "Failed to parse envelope: missing field 'email'",
    attempts: 1,
    status: "open",
  });
  const dataKey = await bench.vault.dataKey(bench.organizationId);
  expect(dataKey.open(deadLetterAad(letter?.id), letter?.original_payload).toString()).toBe(body);
  expect(await attemptsOf(draft)).toMatchObject([{ n: 1, outcome: "schema", next_step: "dead_letter" }]);
  expect(await deliveryOf(draft)).toMatchObject({ attempts: 1, queued: 0 });
  expect(calls).toBe(0);
  await bench.sql`delete from consumer_topics where topic = ${topic}`;
});

test.each([
  ["not JSON", "{", "Failed to parse envelope: payload is not valid JSON"],
  ["not an object", "[1]", "Failed to parse envelope: payload is not a JSON object"],
])("bytes that are %s are a dead letter at once", async (_name, body, error) => {
  const { consumer, topic } = fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, body);
  await bench.send(draft);
  await settled(draft, 3);
  const letters = await bench.sql`select cause, error from dead_letters where event_id = ${draft.id}`;
  expect(letters).toMatchObject([{ cause: "malformed", error }]);
});

test("a payload that does not open is a dead letter that says so, and holds up nobody", async () => {
  const { consumer, topic } = fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const [broken, healthy] = [bench.draft(topic, { n: 1 }), bench.draft(topic, { n: 2 })];
  const otherKey = await bench.vault.dataKey(newId(systemClock.now()));
  await bench.publish(broken, healthy);
  await bench.sql`update event_payloads set body = ${otherKey.seal(payloadAad(broken.id), broken.body)}
    where id = ${broken.id}`;
  await bench.route();
  await bench.hint();
  await settled(broken, 3);
  await settled(healthy, 2);
  expect(await effectsOf(healthy)).toHaveLength(1);
  const letters = await bench.sql`select cause, error from dead_letters where event_id = ${broken.id}`;
  expect(letters).toMatchObject([
    { cause: "unreadable", error: expect.stringMatching(/^Failed to read payload/) },
  ]);
});

test("a handler that throws is retried with its effect rolled back, then becomes a dead letter without patient data", async () => {
  const { consumer, topic } = fresh();
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 3,
    handler: async (tx, envelope, context) => {
      await leaveEffect("a failing one")(tx, envelope, context);
      throw new TypeError(`no doctor called ${envelope.payload.name} <${envelope.payload.email}>`);
    },
  });
  const draft = bench.draft(topic, { name: "Sarah Chen", email: "sarah@hospital.org" });
  await bench.send(draft);
  await settled(draft, 3);
  expect(await effectsOf(draft)).toHaveLength(0);
  const error = "TypeError: no doctor called […] <[…]>";
  expect(await attemptsOf(draft)).toMatchObject([
    { n: 1, outcome: "error", error, next_step: "retry", next_retry_at: expect.any(Date) },
    { n: 2, outcome: "error", error, next_step: "retry", next_retry_at: expect.any(Date) },
    { n: 3, outcome: "error", error, next_step: "dead_letter", next_retry_at: null },
  ]);
  const letters =
    await bench.sql`select cause, error, attempts from dead_letters where event_id = ${draft.id}`;
  expect(letters).toMatchObject([{ cause: "handler", error, attempts: 3 }]);
  expect(await deliveryOf(draft)).toMatchObject({ attempts: 3, queued: 0 });
});

test("a failing handler waits in the retry lane and leaves no lease behind", async () => {
  const { consumer, topic } = fresh();
  let fail = true;
  await bench.start({
    consumer,
    topics: [topic],
    backoff: { firstMs: 3_600_000, factor: 1, delayMsMax: 3_600_000, jitterRatio: 0 },
    handler: async (tx, envelope, context) => {
      if (fail) throw new Error("not yet");
      await leaveEffect(consumer)(tx, envelope, context);
    },
  });
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  const row = await eventually(async () => {
    const [queued] =
      await bench.sql`select lane, attempts, lease_token, lease_until, due_at from delivery_queue
      where event_id = ${draft.id} and lane = 1`;
    return queued;
  });
  expect(row).toMatchObject({ lane: 1, attempts: 1, lease_token: null, lease_until: null });
  expect((await attemptsOf(draft))[0]?.next_retry_at).toEqual(row.due_at);
  fail = false;
  await bench.sql`update delivery_queue set due_at = now() where event_id = ${draft.id}`;
  await settled(draft, 2);
  expect(await deliveryOf(draft)).toMatchObject({ attempts: 2 });
});

test("events a handler publishes commit with its effect and name their cause, or roll back with it", async () => {
  const { consumer, topic } = fresh();
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
  await settled(good, 2);
  await settled(bad, 3);
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
  const { consumer, topic } = fresh();
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 1,
    handler: (_tx, _envelope, context) =>
      context.publish([bench.draft("order.paid", {}, { organizationId: newId(systemClock.now()) })]),
  });
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await settled(draft, 3);
  expect((await attemptsOf(draft))[0]?.error).toMatch(/of its own delivery/);
});

test("registration keeps exactly the listed topics, and the consumer's id", async () => {
  const { consumer } = fresh();
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
  const { consumer, topic } = fresh();
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

test("without any hint, polling finds the work", async () => {
  const { consumer, topic } = fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, {});
  await bench.publish(draft);
  await bench.route();
  await settled(draft, 2);
});

test("a hint is enough: nobody waits for the next poll, first attempt and retry alike", async () => {
  const { consumer, topic } = fresh();
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
  await settled(draft, 2);
  expect(await deliveryOf(draft)).toMatchObject({ attempts: 3 });
});

test("a backlog far beyond the concurrency drains without another hint or poll", async () => {
  const { consumer, topic } = fresh();
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
