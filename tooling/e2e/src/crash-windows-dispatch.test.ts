import { eventually, type RecordedRequest } from "@carewire/testkit";
import type { Sql } from "postgres";
import { expect, type TestContext, test } from "vitest";
import { readDispatchLedger } from "./dispatch-ledger.ts";
import { countReceipts, expectedReceipts, unverified } from "./receipts.ts";
import { settle } from "./settle.ts";
import { createApiClient } from "./world/api-client.ts";
import { createWorld } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";
import { publishOrders } from "./world/publish-orders.ts";
import { subscribe } from "./world/subscribe.ts";

const endpoints = 3;
const events = 20;

/** A world with its API and subscriptions; the test starts the dispatchers. */
async function prepare({ onTestFinished }: TestContext, count: number) {
  const world = await createWorld();
  onTestFinished(world.close);
  const { url } = await world.start("subscriptions-api");
  const api = createApiClient({ url, key: world.tenant.key });
  const subscriptions = await subscribe(api, { url: world.receiver.url, count, events: ["order.paid"] });
  return { world, api, subscriptions };
}

interface CrashWindow {
  failpoint: string;
  /** At which passage the dispatcher dies. */
  passage: number;
  /** Whether an endpoint has got what nobody recorded, and so gets it again; absent: a matter of microseconds. */
  repeats?: boolean;
}

const windows: CrashWindow[] = [
  { failpoint: "dispatch.after_route", passage: 1, repeats: false },
  { failpoint: "dispatch.after_claim", passage: 1, repeats: false },
  { failpoint: "dispatch.after_claim", passage: 10 },
  { failpoint: "dispatch.after_send", passage: 1, repeats: true },
  { failpoint: "dispatch.before_record", passage: 1, repeats: true },
];

test.concurrent.for(windows)(
  "a dispatcher killed at $failpoint, passage $passage, loses nothing and sends the same message again",
  async ({ failpoint, passage, repeats }, context) => {
    const { world, api, subscriptions } = await prepare(context, endpoints);
    // That the subscriptions were created would be routed first, and reach the failpoint.
    await world.sql`delete from route_queue`;
    const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill@${passage}` });
    const acknowledged = await publishOrders(api, "crash", events);
    await expectDeath(doomed, failpoint);
    // What it had sent to PostgreSQL before it died may still be under way there.
    await eventually(
      async () =>
        (
          await world.sql`select 1 from pg_stat_activity
          where datname = current_database() and application_name like 'dispatcher%'`
        ).length === 0,
    );
    const before = await readDispatchLedger(world.sql);
    expect(before.leased).toBeGreaterThan(0);

    await world.start("dispatcher");
    const balance = await settle(world.sql, endpoints * events);
    const after = await readDispatchLedger(world.sql);
    const receipts = countReceipts(world.receiver.requests());
    expect([...receipts.keys()].sort()).toEqual(expectedReceipts(subscriptions.paths, acknowledged));
    expect(unverified(world.receiver.requests(), subscriptions.secrets)).toEqual([]);
    expect([...receipts].filter(([key, times]) => times > (after.intents.get(key) ?? 0))).toEqual([]);
    expect([...before.delivered].filter((key) => receipts.get(key) !== 1)).toEqual([]);
    expect(balance.lostAttempts).toBeGreaterThanOrEqual(before.leased);
    const repeated = [...receipts.values()].some((times) => times > 1);
    expect(repeated).toBe(repeats ?? repeated);
  },
);

test.concurrent("a dispatcher killed after it recorded does not send the recorded messages again", async (context) => {
  const failpoint = "dispatch.after_record";
  const { world, api, subscriptions } = await prepare(context, endpoints);
  const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill` });
  const acknowledged = await publishOrders(api, "crash", events);
  await expectDeath(doomed, failpoint);
  const before = await readDispatchLedger(world.sql);
  expect(before.delivered.size).toBeGreaterThan(0);

  await world.start("dispatcher");
  await settle(world.sql, endpoints * events);
  const receipts = countReceipts(world.receiver.requests());
  expect([...receipts.keys()].sort()).toEqual(expectedReceipts(subscriptions.paths, acknowledged));
  expect([...before.delivered].filter((key) => receipts.get(key) !== 1)).toEqual([]);
});

/** Holds the answers to the first `count` requests back, each until its `release`; answers every other at once. */
function holdAnswers(count: number) {
  const gates = Array.from({ length: count }, () => Promise.withResolvers<void>());
  let arrived = 0;
  const answer = async (_request: RecordedRequest) => {
    await gates[arrived++]?.promise;
    return { status: 200 };
  };
  return { answer, release: (n: number) => gates[n]?.resolve() };
}

const patient = { LEASE_SECONDS: "10", ATTEMPT_TIMEOUT_MS: "9500" };

test.concurrent("a dispatcher killed while an endpoint thinks leaves a lost attempt, and the message comes again", async (context) => {
  const { world, api } = await prepare(context, 1);
  world.receiver.answer(holdAnswers(1).answer);
  // Long enough for it to be killed before either is over.
  const doomed = await world.start("dispatcher", patient);
  const [id] = await publishOrders(api, "thinking", 1);
  await world.receiver.waitFor(1, 60_000);
  doomed.kill("SIGKILL");
  await doomed.exited;

  await world.start("dispatcher");
  expect(await settle(world.sql, 1)).toMatchObject({ delivered: 1, lostAttempts: 1 });
  expect(world.receiver.requests().map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
});

const readAttempts = async (sql: Sql): Promise<number[]> =>
  (await sql<{ n: number }[]>`select n from attempts order by n`).map(({ n }) => n);

test.concurrent("a dispatcher frozen past its lease cannot interfere with the one that took over", async (context) => {
  const { world, api } = await prepare(context, 1);
  const { answer, release } = holdAnswers(2);
  world.receiver.answer(answer);
  const frozen = await world.start("dispatcher", patient);
  await publishOrders(api, "frozen", 1);
  await world.receiver.waitFor(1, 60_000);
  frozen.kill("SIGSTOP");
  // Long enough for what follows to happen within its lease.
  await world.start("dispatcher", patient);
  await world.receiver.waitFor(2, 60_000);
  const [taken] = await world.sql`select * from delivery_queue`;
  expect(taken).toMatchObject({ attempts: 2 });

  // Its outcome comes while the other one waits for an answer to the same message.
  release(0);
  frozen.kill("SIGCONT");
  const late = async () => (await readAttempts(world.sql)).length === 2;
  await eventually(late, { description: "the late outcome" });
  expect(await world.sql`select * from delivery_queue`).toEqual([taken]);
  release(1);
  expect(await settle(world.sql, 1)).toMatchObject({ delivered: 1, lostAttempts: 1 });
  expect(await readAttempts(world.sql)).toEqual([1, 1, 2]);
  expect(world.receiver.total()).toBe(2);
});
