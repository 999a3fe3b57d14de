import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SettledAttempt } from "./consume/consume-options.ts";
import type { EventDraft } from "./event-draft.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "./testing/consumer-bench.ts";
import type { Vault } from "./vault.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

const statusOf = async (draft: EventDraft): Promise<number> =>
  (await bench.sql`select status from deliveries where event_id = ${draft.id}`)[0]?.status;
/** Deliveries count as many attempts as the ledger holds. */
async function expectLedgerToAddUp(draft: EventDraft): Promise<void> {
  const [row] =
    await bench.sql`select d.attempts, (select count(*)::int from attempts a where a.delivery_id = d.id) rows
    from deliveries d where d.event_id = ${draft.id}`;
  expect(row?.rows).toBe(row?.attempts);
}

/** The vault, stopping whoever asks it for the first time until `resume`: a process that is paused after its claim. */
function pausingVault(vault: Vault): Vault & { paused: Promise<void>; resume(): void } {
  let resume = (): void => {};
  let markPaused = (): void => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const paused = new Promise<void>((resolve) => {
    markPaused = resolve;
  });
  return {
    paused,
    resume: () => resume(),
    async dataKey(organizationId) {
      markPaused();
      await resumed;
      return vault.dataKey(organizationId);
    },
  };
}

test("a process that was paused past its lease changes nothing: the one that took over has the only effect", async () => {
  const consumer = "bench.paused";
  const topics = ["cari.bench.paused"];
  const outcomes: SettledAttempt["outcome"][] = [];
  const vault = pausingVault(bench.vault);
  await bench.start({
    consumer,
    topics,
    handler: leaveEffect("paused"),
    leaseSeconds: 1,
    handlerTimeoutMs: 900,
    concurrency: 1,
    vault,
    observe: (attempt) => outcomes.push(attempt.outcome),
  });
  const draft = bench.draft("cari.bench.paused", {});
  await bench.send(draft);
  await vault.paused;
  await bench.start({ consumer, topics, handler: leaveEffect("taken over") });
  await eventually(async () => (await statusOf(draft)) === 2);
  vault.resume();
  await eventually(() => outcomes.length === 1);
  expect(outcomes).toEqual(["fenced_off"]);
  expect(await bench.effectsOf(draft)).toEqual([{ by: "taken over" }]);
  expect(await bench.attemptsOf(draft)).toMatchObject([
    { n: 1, outcome: "lost", next_step: "lost" },
    { n: 2, outcome: "ok", next_step: "delivered" },
  ]);
  await expectLedgerToAddUp(draft);
});

const crashProgram = fileURLToPath(new URL("./testing/consumer-process.ts", import.meta.url));

test.each([
  { crashAt: "consume.after_claim", effectBy: "the survivor", outcomes: ["lost", "ok"] },
  { crashAt: "consume.before_commit", effectBy: "the survivor", outcomes: ["lost", "ok"] },
  { crashAt: "consume.after_commit", effectBy: "the crashing one", outcomes: ["ok"] },
])("kill -9 at $crashAt loses nothing and leaves one effect", async ({ crashAt, effectBy, outcomes }) => {
  const [, step = ""] = crashAt.split(".");
  const consumer = `bench.${step}`;
  const topic = `cari.bench.${step}`;
  const child = spawn(process.execPath, [crashProgram, bench.url, consumer, topic, crashAt], {
    stdio: "ignore",
  });
  const exited = once(child, "exit");
  await eventually(
    async () => (await bench.sql`select 1 from consumer_topics where topic = ${topic}`).length === 1,
  );
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  expect(await exited).toEqual([null, "SIGKILL"]);
  await bench.endLeases(draft);
  await bench.start({ consumer, topics: [topic], handler: leaveEffect("the survivor") });
  await eventually(async () => (await statusOf(draft)) === 2);
  expect(await bench.effectsOf(draft)).toEqual([{ by: effectBy }]);
  expect((await bench.attemptsOf(draft)).map((row) => row.outcome)).toEqual(outcomes);
  await expectLedgerToAddUp(draft);
});

test("a handler that hangs is cut off, rolled back, and cannot write after its time", async () => {
  const consumer = "bench.hanging";
  const topic = "cari.bench.hanging";
  let late: unknown;
  const draft = bench.draft(topic, {});
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 1,
    // Also the database's limit for the statement in time.
    handlerTimeoutMs: 3_000,
    handler: async (tx, _envelope, context) => {
      await tx`insert into effects (event_id, by) values (${context.eventId}, 'in time')`;
      await eventually(async () => context.signal.aborted && (await statusOf(draft)) === 3);
      try {
        await tx`insert into effects (event_id, by) values (${context.eventId}, 'late')`;
      } catch (error) {
        late = error;
      }
    },
  });
  await bench.send(draft);
  await eventually(async () => (await statusOf(draft)) === 3);
  expect(await bench.attemptsOf(draft)).toMatchObject([
    { n: 1, outcome: "timeout", next_step: "dead_letter" },
  ]);
  await eventually(() => late);
  expect(String(late)).toMatch(/transaction has ended/);
  expect(await bench.effectsOf(draft)).toHaveLength(0);
});

test("a handler stuck in a statement is cut off by the database", async () => {
  const consumer = "bench.stuck";
  const topic = "cari.bench.stuck";
  await bench.start({
    consumer,
    topics: [topic],
    attemptsMax: 1,
    handlerTimeoutMs: 60,
    handler: async (tx) => {
      await tx`select pg_sleep(60)`;
    },
  });
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await eventually(async () => (await statusOf(draft)) === 3);
  expect((await bench.attemptsOf(draft))[0]?.outcome).toBe("timeout");
});

test("a lease shorter than the handler's time is refused at start", async () => {
  const given = { consumer: "bench.wrong", topics: [], handler: async () => {} };
  await expect(bench.start({ ...given, leaseSeconds: 30, handlerTimeoutMs: 30_000 })).rejects.toThrow(
    /shorter than leaseSeconds/,
  );
});
