import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventDraft } from "./event-draft.ts";
import { type ConsumerBench, createConsumerBench, leaveEffect } from "./testing/consumer-bench.ts";

let bench: ConsumerBench;
beforeAll(async () => {
  bench = await createConsumerBench();
});
afterAll(() => bench.close());

const program = fileURLToPath(new URL("./testing/poisoned-process.ts", import.meta.url));
const crashesMax = 12;

/** Runs the consumer in a process of its own, again and again, until it has outlived its work. Returns how often it died. */
async function runUntilItStays(consumer: string, topic: string, drafts: EventDraft[]): Promise<number> {
  for (let crashes = 0; crashes < crashesMax; crashes++) {
    const child = spawn(process.execPath, [program, bench.url, consumer, topic], { stdio: "ignore" });
    const [code, signal] = await once(child, "exit");
    if (signal === null) {
      expect(code).toBe(0);
      return crashes;
    }
    await bench.endLeases(...drafts);
  }
  throw new Error(`the consumer died ${crashesMax} times`);
}

test("a message that kills its process becomes a dead letter; those that were handled beside it all take effect", async () => {
  const { consumer, topic } = bench.fresh();
  await (await bench.start({ consumer, topics: [topic], handler: leaveEffect(consumer) })).stop();
  const drafts = Array.from({ length: 8 }, (_, n) => bench.draft(topic, { kills: n === 3 }));
  await bench.publish(...drafts);
  await bench.route();
  const crashes = await runUntilItStays(consumer, topic, drafts);
  // Once among the others, three times alone.
  expect(crashes).toBe(4);
  for (const [n, draft] of drafts.entries()) {
    expect(await bench.effectsOf(draft)).toHaveLength(n === 3 ? 0 : 1);
    expect(await bench.deliveryOf(draft)).toMatchObject({ status: n === 3 ? 3 : 2, queued: 0 });
  }
  const letters =
    await bench.sql`select event_id, cause, error, attempts from dead_letters where consumer = ${consumer}`;
  expect(letters).toMatchObject([{ event_id: drafts[3]?.id, cause: "poison", attempts: 5 }]);
  expect(await bench.attemptsOf(drafts[3]!)).toMatchObject([
    ...Array.from({ length: 4 }, () => ({ outcome: "lost" })),
    { outcome: "poison", next_step: "dead_letter" },
  ]);
});

test("a suspect whose handler fails properly is a suspect no more, and gets every try it has", async () => {
  const { consumer, topic } = bench.fresh();
  let calls = 0;
  const given = {
    consumer,
    topics: [topic],
    attemptsMax: 6,
    suspectRunsMax: 2,
    handler: async () => {
      calls += 1;
      if (calls < 5) throw new Error("not yet");
      return undefined;
    },
  };
  await (await bench.start(given)).stop();
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await bench.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() - interval '1 second'
    where event_id = ${draft.id}`;
  await bench.start(given);
  await bench.settled(draft, 2);
  expect(calls).toBe(5);
});

test("losing leases takes no try from a handler that fails", async () => {
  const { consumer, topic } = bench.fresh();
  let calls = 0;
  const given = {
    consumer,
    topics: [topic],
    attemptsMax: 2,
    handler: async () => {
      calls += 1;
      if (calls === 1) throw new Error("not yet");
      return undefined;
    },
  };
  await (await bench.start(given)).stop();
  const draft = bench.draft(topic, {});
  await bench.send(draft);
  await bench.sql`update delivery_queue set attempts = 7 where event_id = ${draft.id}`;
  await bench.start(given);
  await eventually(async () => (await bench.deliveryOf(draft))?.status === 2);
  expect(await bench.deliveryOf(draft)).toMatchObject({ attempts: 9 });
});
