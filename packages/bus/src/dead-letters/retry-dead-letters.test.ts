import { newId, systemClock } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsumerHandler } from "../consume/consume-options.ts";
import type { EventDraft } from "../event-draft.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "../testing/consumer-bench.ts";
import { correctionAad } from "../vault.ts";
import { discardDeadLetters } from "./discard-dead-letters.ts";
import { reopenStranded } from "./reopen-stranded.ts";
import { retryDeadLetters } from "./retry-dead-letters.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

const letterOf = async (draft: EventDraft) => (await bench.lettersOf(draft))[0];

/** A consumer that fails until `isFixed`, and a dead letter of it. */
async function bury(payload: object = { n: 1 }) {
  const { consumer, topic } = bench.fresh();
  const state = { isFixed: false, seen: [] as unknown[] };
  const handler: ConsumerHandler<Record<string, unknown>> = async (tx, envelope, context) => {
    state.seen.push(envelope.payload);
    if (!state.isFixed && envelope.payload.corrected === undefined) throw new Error("not yet");
    return leaveEffect(consumer)(tx, envelope, context);
  };
  await bench.start({ consumer, topics: [topic], attemptsMax: 1, handler });
  const draft = bench.draft(topic, payload);
  await bench.send(draft);
  await bench.settled(draft, 3);
  const letter = await letterOf(draft);
  return { consumer, topic, state, draft, id: String(letter?.id) };
}

async function retry(id: string, payload: object | null = null): Promise<string[]> {
  const retryId = newId(systemClock.now());
  const dataKey = await bench.vault.dataKey(bench.organizationId);
  const sealedPayload = payload && dataKey.seal(correctionAad(retryId), Buffer.from(JSON.stringify(payload)));
  const taken = await retryDeadLetters(bench.sql, [{ deadLetterId: id, retryId, sealedPayload }], "key_1");
  await bench.hint();
  return taken;
}

const retriesOf = (id: string) =>
  bench.sql`select outcome, error, requested_by, payload is not null corrected from dead_letter_retries
    where dead_letter_id = ${id} order by id`;
const statusOf = async (id: string): Promise<string> =>
  (await bench.sql`select status from dead_letters where id = ${id}`)[0]?.status;

test("a retry goes to the one consumer that failed, takes effect once, and resolves the letter", async () => {
  const { id, draft, topic, consumer, state } = await bury();
  await bench.start({
    consumer: `${consumer}_neighbour`,
    topics: [topic],
    handler: leaveEffect("neighbour"),
  });
  state.isFixed = true;
  expect(await retry(id)).toEqual([id]);
  await eventually(async () => (await statusOf(id)) === "resolved");
  expect(await bench.effectsOf(draft)).toEqual([{ by: consumer }]);
  expect(await letterOf(draft)).toMatchObject({
    resolved_by: "key_1",
    resolution: "a retry took effect",
    retries: 1,
    attempts: 1,
  });
  expect(await retriesOf(id)).toMatchObject([{ outcome: "resolved", corrected: false }]);
  const made = await bench.sql`select status, trigger, replay_of from deliveries where event_id = ${draft.id}
    and destination_kind = 1 order by id`;
  const letter = await letterOf(draft);
  expect(made).toMatchObject([{ status: 3 }, { status: 2, trigger: 1, replay_of: letter?.delivery_id }]);
});

test("what fails again is the same letter again, with what went wrong this time, and every retry is kept", async () => {
  const { id, draft, state } = await bury();
  expect(await retry(id)).toEqual([id]);
  await eventually(async () => (await statusOf(id)) === "open");
  expect(await letterOf(draft)).toMatchObject({ attempts: 2, retries: 1, error: "Error: not yet" });
  state.isFixed = true;
  await retry(id);
  await eventually(async () => (await statusOf(id)) === "resolved");
  expect(await retriesOf(id)).toMatchObject([
    { outcome: "failed", error: "Error: not yet" },
    { outcome: "resolved", error: null },
  ]);
  expect(await bench.lettersOf(draft)).toHaveLength(1);
});

test("a corrected payload is what the handler gets, and both are kept", async () => {
  const { id, draft, state } = await bury({ n: 1 });
  await retry(id, { corrected: true });
  await eventually(async () => (await statusOf(id)) === "resolved");
  expect(state.seen).toEqual([{ n: 1 }, { corrected: true }]);
  expect(await retriesOf(id)).toMatchObject([{ corrected: true }]);
  expect(await bench.effectsOf(draft)).toHaveLength(1);
  const [kept] =
    await bench.sql`select octet_length(original_payload) size from dead_letters where id = ${id}`;
  expect(kept?.size).toBeGreaterThan(20);
});

test("however many ask at the same moment, one retry is made and one effect", async () => {
  const { id, draft, state } = await bury();
  state.isFixed = true;
  const taken = await Promise.all(Array.from({ length: 5 }, () => retry(id)));
  expect(taken.flat()).toEqual([id]);
  await eventually(async () => (await statusOf(id)) === "resolved");
  expect(await retry(id)).toEqual([]);
  expect(await bench.effectsOf(draft)).toHaveLength(1);
});

test("an event that is not kept any more is retried with what its letter kept", async () => {
  const { id, draft, state } = await bury({ n: 7 });
  await bench.sql`delete from events where id = ${draft.id}`;
  await bench.sql`delete from event_payloads where id = ${draft.id}`;
  state.isFixed = true;
  await retry(id);
  await eventually(async () => (await statusOf(id)) === "resolved");
  expect(state.seen.at(-1)).toEqual({ n: 7 });
});

test("what was erased is not retried with an empty payload: the letter says that it is gone", async () => {
  const { id, draft } = await bury();
  await bench.sql`update event_payloads set body = null where id = ${draft.id}`;
  await bench.sql`update dead_letters set original_payload = null where id = ${id}`;
  await retry(id);
  await eventually(async () => (await letterOf(draft))?.cause === "expired");
  expect(await statusOf(id)).toBe("open");
});

test("a letter nobody is there for is not taken, and a discarded one never again", async () => {
  const { id, consumer } = await bury();
  await bench.sql`update consumers set name = name || '_gone' where name = ${consumer}`;
  expect(await retry(id)).toEqual([]);
  expect(await statusOf(id)).toBe("open");
  await bench.sql`update consumers set name = ${consumer} where name = ${`${consumer}_gone`}`;
  const by = { discardedBy: "key_2", reason: "a test event" };
  expect(await discardDeadLetters(bench.sql, [id], by)).toEqual([id]);
  expect(await discardDeadLetters(bench.sql, [id], by)).toEqual([]);
  expect(await retry(id)).toEqual([]);
  const [letter] = await bench.sql`select * from dead_letters where id = ${id}`;
  expect(letter).toMatchObject({ status: "discarded", resolved_by: "key_2", resolution: "a test event" });
});

test("what is being tried cannot be discarded", async () => {
  const { id, consumer } = await bury();
  await bench.sql`update consumers set active = false where name = ${consumer}`;
  expect(await retry(id)).toEqual([id]);
  expect(await discardDeadLetters(bench.sql, [id], { discardedBy: "x", reason: "x" })).toEqual([]);
  expect(await statusOf(id)).toBe("retrying");
});

test("a retry whose delivery ended without saying so is open again; one that is on its way is left alone", async () => {
  const { id, consumer, draft } = await bury();
  await bench.sql`update consumers set active = false where name = ${consumer}`;
  await retry(id);
  expect(await reopenStranded(bench.sql)).toBe(0);
  // As when retention takes a day whose consumer was away for all of it.
  await bench.sql`delete from delivery_queue where event_id = ${draft.id}`;
  await bench.sql`delete from deliveries where event_id = ${draft.id}`;
  expect(await reopenStranded(bench.sql)).toBe(1);
  expect(await statusOf(id)).toBe("open");
  expect(await retriesOf(id)).toMatchObject([{ outcome: "cancelled" }]);
  expect(await reopenStranded(bench.sql)).toBe(0);
});
