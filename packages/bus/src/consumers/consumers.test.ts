import { firstIdAt, newId, systemClock } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retryDeadLetters } from "../dead-letters/retry-dead-letters.ts";
import type { EventDraft } from "../event-draft.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "../testing/consumer-bench.ts";
import { pauseConsumer, resumeConsumer } from "./pause-consumer.ts";
import { cancelOrphans, removeConsumer } from "./remove-consumer.ts";
import { type ReplayedTopic, replayTopic, type TopicReplay } from "./replay-topic.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

const idOf = async (consumer: string): Promise<string> =>
  (await bench.sql`select id from consumers where name = ${consumer}`)[0]?.id;
const statusOf = async (draft: EventDraft): Promise<number> => (await bench.deliveryOf(draft))?.status;

/** Replays step by step, so small that positions matter. */
async function replay(consumer: string, topic: string, more: Partial<TopicReplay> = {}): Promise<number> {
  const consumerId = await idOf(consumer);
  let count = 0;
  for (let afterId: string | null = firstIdAt(0); afterId !== null; ) {
    const step: TopicReplay = {
      consumerId,
      topic,
      organizationId: null,
      afterId,
      untilId: newId(systemClock.now() + 60_000),
      onlyMissing: false,
      isDryRun: false,
      eventsMax: 2,
      ...more,
    };
    const made = (await bench.sql.begin((tx) => replayTopic(tx, step))) as ReplayedTopic;
    count += made.count;
    afterId = made.position;
  }
  await bench.hint();
  return count;
}

test("an event that was routed before its consumer ever registered reaches it by a replay, once", async () => {
  const { consumer, topic } = bench.fresh();
  const drafts = [1, 2, 3].map((n) => bench.draft(topic, { n }));
  const other = bench.draft(bench.fresh().topic, {});
  await bench.send(...drafts, other);
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  expect(await replay(consumer, topic, { onlyMissing: true, isDryRun: true })).toBe(3);
  expect(await replay(consumer, topic, { onlyMissing: true })).toBe(3);
  for (const draft of drafts) await bench.settled(draft, 2);
  expect(await replay(consumer, topic, { onlyMissing: true })).toBe(0);
  for (const draft of drafts) expect(await bench.effectsOf(draft)).toEqual([{ by: consumer }]);
  expect(await bench.deliveryOf(other)).toBeUndefined();
});

test("a replay begins and ends at its moments, and stays within its organization", async () => {
  const { consumer, topic } = bench.fresh();
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const at = (ms: number, more: Partial<EventDraft> = {}) =>
    bench.draft(topic, {}, { id: newId(ms), ...more });
  const nowMs = systemClock.now();
  const [early, meant, late] = [at(nowMs - 3_000), at(nowMs - 2_000), at(nowMs - 1_000)];
  const foreign = at(nowMs - 2_000, { organizationId: newId(nowMs) });
  await bench.sql`insert into organizations (id, name) values (${foreign.organizationId}, 'another')`;
  await bench.send(early, meant, late, foreign);
  for (const draft of [early, meant, late, foreign]) await bench.settled(draft, 2);
  const window = { afterId: firstIdAt(nowMs - 2_000), untilId: firstIdAt(nowMs - 1_000) };
  const once = { ...window, organizationId: bench.organizationId, eventsMax: 1_000 };
  expect(await replay(consumer, topic, once)).toBe(1);
  await eventually(async () => (await bench.effectsOf(meant)).length === 2);
  for (const draft of [early, late, foreign]) expect(await bench.effectsOf(draft)).toHaveLength(1);
});

test("what is on its way, or not routed yet, is not queued a second time", async () => {
  const { consumer, topic } = bench.fresh();
  await (await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) })).stop();
  const [pending, unrouted] = [bench.draft(topic, {}), bench.draft(topic, {})];
  await bench.send(pending);
  await bench.publish(unrouted);
  expect(await replay(consumer, topic)).toBe(0);
  expect(await replay(consumer, topic, { onlyMissing: true })).toBe(0);
});

test("replays that run at the same time queue a missing event once", async () => {
  const { consumer, topic } = bench.fresh();
  const drafts = Array.from({ length: 5 }, () => bench.draft(topic, {}));
  await bench.send(...drafts);
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const counts = await Promise.all([1, 2, 3].map(() => replay(consumer, topic, { onlyMissing: true })));
  expect(counts.reduce((total, count) => total + count, 0)).toBe(5);
});

test("a paused consumer ends what it began, leaves what is new where it waits, and goes on with all of it when resumed", async () => {
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
      return leaveEffect(consumer)(tx, envelope, context);
    },
  });
  const [running, waiting, fresh] = [bench.draft(topic, {}), bench.draft(topic, {}), bench.draft(topic, {})];
  await bench.send(running);
  await eventually(() => consumption.inFlight() === 1);
  await bench.send(waiting);
  expect(await pauseConsumer(bench.sql, consumer)).toBe(true);
  release();
  await bench.settled(running, 2);
  await bench.send(fresh);
  expect(await replay(consumer, topic, { onlyMissing: true })).toBe(0);
  expect(await replay(consumer, topic)).toBe(1);
  for (const draft of [waiting, fresh]) expect(await statusOf(draft)).toBe(0);
  expect(await bench.effectsOf(running)).toHaveLength(1);
  expect(await resumeConsumer(bench.sql, consumer)).toBe(true);
  await bench.hint();
  for (const draft of [waiting, fresh]) {
    await bench.settled(draft, 2);
    expect(await bench.effectsOf(draft)).toHaveLength(1);
  }
  await eventually(async () => (await bench.effectsOf(running)).length === 2);
  expect(await pauseConsumer(bench.sql, "nobody")).toBe(false);
  expect(await resumeConsumer(bench.sql, "nobody")).toBe(false);
});

test("a removed consumer ends what it began; what waits is cancelled visibly, and its retries are letters again", async () => {
  const { consumer, topic } = bench.fresh();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consumption = await bench.start({
    consumer,
    topics: [topic],
    concurrency: 1,
    attemptsMax: 1,
    handler: async (tx, { payload }, context) => {
      if (payload.fails) throw new Error("broken");
      await held;
      return leaveEffect(consumer)(tx, { payload } as never, context);
    },
  });
  const [buried, running, waiting] = [
    bench.draft(topic, { fails: true }),
    bench.draft(topic, {}),
    bench.draft(topic, {}),
  ];
  await bench.send(buried);
  await bench.settled(buried, 3);
  await bench.send(running);
  await eventually(() => consumption.inFlight() === 1);
  await bench.send(waiting);
  const [letter] = await bench.lettersOf(buried);
  const wanted = { deadLetterId: letter?.id, retryId: newId(systemClock.now()), sealedPayload: null };
  expect(await retryDeadLetters(bench.sql, [wanted], "key_1")).toHaveLength(1);
  expect(await removeConsumer(bench.sql, consumer)).toBe(true);
  expect(await cancelOrphans(bench.sql)).toBe(2);
  release();
  await bench.settled(running, 2);
  expect(await bench.deliveryOf(waiting)).toMatchObject({
    status: 4,
    queued: 0,
    finished_at: expect.any(Date),
  });
  expect((await bench.lettersOf(buried))[0]).toMatchObject({ status: "open" });
  const retries = await bench.sql`select outcome from dead_letter_retries where id = ${wanted.retryId}`;
  expect(retries).toEqual([{ outcome: "cancelled" }]);
  const later = bench.draft(topic, {});
  await bench.send(later);
  expect(await bench.deliveryOf(later)).toBeUndefined();
  expect(await removeConsumer(bench.sql, consumer)).toBe(false);
  await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) });
  const revived = bench.draft(topic, {});
  await bench.send(revived);
  await bench.settled(revived, 2);
});
