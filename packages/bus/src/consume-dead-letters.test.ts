import { erasePayload } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HandlerRefusal } from "./consume/handler-refusal.ts";
import { retryDeadLetters } from "./dead-letters/retry-dead-letters.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "./testing/consumer-bench.ts";
import { deadLetterAad, payloadAad, type Vault } from "./vault.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

test("a payload its schema refuses is a dead letter at once, in the words of the log, with its bytes kept", async () => {
  const { consumer } = bench.fresh();
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
  await bench.settled(draft, 3);
  const [letter] = await bench.sql`select * from dead_letters where event_id = ${draft.id}`;
  expect(letter).toMatchObject({
    organization_id: bench.organizationId,
    delivery_id: (await bench.deliveryOf(draft))?.id,
    consumer,
    topic,
    cause: "schema",
    error: "Failed to parse envelope: missing field 'email'",
    attempts: 1,
    status: "open",
  });
  const dataKey = await bench.vault.dataKey(bench.organizationId);
  expect(dataKey.open(deadLetterAad(letter?.id), letter?.original_payload).toString()).toBe(body);
  expect(await bench.attemptsOf(draft)).toMatchObject([
    { n: 1, outcome: "schema", next_step: "dead_letter" },
  ]);
  expect(await bench.deliveryOf(draft)).toMatchObject({ attempts: 1, queued: 0 });
  expect(calls).toBe(0);
  await bench.sql`delete from consumer_topics where topic = ${topic}`;
});

test.each([
  ["not JSON", "{", "Failed to parse envelope: payload is not valid JSON"],
  ["not an object", "[1]", "Failed to parse envelope: payload is not a JSON object"],
])("bytes that are %s are a dead letter at once", async (_name, body, error) => {
  const { consumer, topic } = bench.fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, body);
  await bench.send(draft);
  await bench.settled(draft, 3);
  const letters = await bench.sql`select cause, error from dead_letters where event_id = ${draft.id}`;
  expect(letters).toMatchObject([{ cause: "malformed", error }]);
});

test("a payload that does not open is a dead letter that says so, and holds up nobody", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const [broken, healthy] = [bench.draft(topic, { n: 1 }), bench.draft(topic, { n: 2 })];
  const otherKey = await bench.vault.dataKey(newId(systemClock.now()));
  await bench.publish(broken, healthy);
  await bench.sql`update event_payloads set body = ${otherKey.seal(payloadAad(broken.id), broken.body)}
    where id = ${broken.id}`;
  await bench.route();
  await bench.hint();
  await bench.settled(broken, 3);
  await bench.settled(healthy, 2);
  expect(await bench.effectsOf(healthy)).toHaveLength(1);
  const letters = await bench.sql`select cause, error from dead_letters where event_id = ${broken.id}`;
  expect(letters).toMatchObject([
    { cause: "unreadable", error: expect.stringMatching(/^Failed to read payload/) },
  ]);
});

test("a payload whose organization's key cannot be used is a dead letter without it, and a retry finds it again", async () => {
  const { consumer, topic } = bench.fresh();
  let isKeyUsable = false;
  const vault: Vault = {
    dataKey: async (organizationId) => {
      if (!isKeyUsable) throw new Error("the key does not open");
      return bench.vault.dataKey(organizationId);
    },
  };
  await bench.start({ consumer, topics: [topic], vault, handler: leaveEffect(consumer) });
  const draft = bench.draft(topic, { n: 1 });
  await bench.send(draft);
  await bench.settled(draft, 3);
  const [letter] = await bench.lettersOf(draft);
  expect(letter).toMatchObject({ cause: "unreadable", original_payload: null, status: "open" });
  isKeyUsable = true;
  const wanted = {
    deadLetterId: letter?.id ?? "",
    retryId: newId(systemClock.now()),
    sealedPayload: null,
  };
  await retryDeadLetters(bench.sql, [wanted], "key_1");
  await bench.hint();
  await eventually(async () => (await bench.lettersOf(draft))[0]?.status === "resolved");
  expect(await bench.effectsOf(draft)).toHaveLength(1);
});

test("a handler that throws is retried with its effect rolled back, then becomes a dead letter without patient data", async () => {
  const { consumer, topic } = bench.fresh();
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
  await bench.settled(draft, 3);
  expect(await bench.effectsOf(draft)).toHaveLength(0);
  const error = "TypeError: no doctor called […] <[…]>";
  expect(await bench.attemptsOf(draft)).toMatchObject([
    { n: 1, outcome: "error", error, next_step: "retry", next_retry_at: expect.any(Date) },
    { n: 2, outcome: "error", error, next_step: "retry", next_retry_at: expect.any(Date) },
    { n: 3, outcome: "error", error, next_step: "dead_letter", next_retry_at: null },
  ]);
  const letters =
    await bench.sql`select cause, error, attempts from dead_letters where event_id = ${draft.id}`;
  expect(letters).toMatchObject([{ cause: "handler", error, attempts: 3 }]);
  expect(await bench.deliveryOf(draft)).toMatchObject({ attempts: 3, queued: 0 });
});

test("a failing handler waits in the retry lane and leaves no lease behind", async () => {
  const { consumer, topic } = bench.fresh();
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
  expect((await bench.attemptsOf(draft))[0]?.next_retry_at).toEqual(row.due_at);
  fail = false;
  await bench.sql`update delivery_queue set due_at = now() where event_id = ${draft.id}`;
  await bench.settled(draft, 2);
  expect(await bench.deliveryOf(draft)).toMatchObject({ attempts: 2 });
});

test("what a handler refuses is a dead letter at once with its cause, and nothing the handler did is kept", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({
    consumer,
    topics: [topic],
    async handler(tx, envelope, context) {
      await leaveEffect(consumer)(tx, envelope, context);
      throw new HandlerRefusal("lookup_failed", "There is no such customer; create it, then retry.");
    },
  });
  const draft = bench.draft(topic, { customer_id: "cus_1" });
  await bench.send(draft);
  await bench.settled(draft, 3);
  const letters =
    await bench.sql`select cause, error, attempts from dead_letters where event_id = ${draft.id}`;
  const error = "There is no such customer; create it, then retry.";
  expect(letters).toEqual([{ cause: "lookup_failed", error, attempts: 1 }]);
  expect(await bench.sql`select 1 from effects where by = ${consumer}`).toHaveLength(0);
});

test("a payload that is erased while its handler runs leaves no copy in the dead letter", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({
    consumer,
    topics: [topic],
    async handler(_tx, _envelope, { eventId }) {
      await bench.sql.begin((tx) => erasePayload(tx, { id: eventId, inboundRequestId: null }));
      throw new HandlerRefusal("lookup_failed", "There is no such customer.");
    },
  });
  const draft = bench.draft(topic, { name: "Sarah Chen" });
  await bench.send(draft);
  await bench.settled(draft, 3);
  expect(await bench.lettersOf(draft)).toMatchObject([{ cause: "lookup_failed", original_payload: null }]);
});

test("an erasure that has not committed is waited for before its payload's letter is written", async () => {
  const { consumer, topic } = bench.fresh();
  const [handling, refused] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await bench.start({
    consumer,
    topics: [topic],
    async handler() {
      handling.resolve();
      await refused.promise;
      throw new HandlerRefusal("lookup_failed", "There is no such customer.");
    },
  });
  const draft = bench.draft(topic, { name: "Sarah Chen" });
  await bench.send(draft);
  await handling.promise;
  await bench.sql.begin(async (tx) => {
    await erasePayload(tx, { id: draft.id, inboundRequestId: null });
    refused.resolve();
    await eventually(
      async () =>
        (
          await bench.sql`select from pg_stat_activity where datname = current_database()
            and application_name = ${consumer} and wait_event_type = 'Lock'`
        ).length > 0,
    );
  });
  await bench.settled(draft, 3);
  expect(await bench.lettersOf(draft)).toMatchObject([{ cause: "lookup_failed", original_payload: null }]);
});
