import { eventually, type RecordedRequest } from "@carewire/testkit";
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
  /** Whether attempts are under way when it dies. */
  leases: boolean;
  /** Whether an endpoint has got what nobody recorded, and so gets it again; absent: a matter of microseconds. */
  repeats?: boolean;
}

const windows: CrashWindow[] = [
  { failpoint: "dispatch.after_route", passage: 1, leases: false, repeats: false },
  { failpoint: "dispatch.after_claim", passage: 1, leases: true, repeats: false },
  { failpoint: "dispatch.after_claim", passage: 10, leases: true },
  { failpoint: "dispatch.after_send", passage: 1, leases: true, repeats: true },
  { failpoint: "dispatch.before_record", passage: 1, leases: true, repeats: true },
];

test.concurrent.for(windows)(
  "a dispatcher killed at $failpoint, passage $passage, loses nothing and sends the same message again",
  async ({ failpoint, passage, leases, repeats }, context) => {
    const { world, api, subscriptions } = await prepare(context, endpoints);
    const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill@${passage}` });
    const acknowledged = await publishOrders(api, "crash", events);
    await expectDeath(doomed, failpoint);
    const before = await readDispatchLedger(world.sql);
    expect(before.leased > 0).toBe(leases);

    await world.start("dispatcher");
    const balance = await settle(world.sql, endpoints * events);
    const after = await readDispatchLedger(world.sql);
    const receipts = countReceipts(world.receiver.requests());
    expect([...receipts.keys()].sort()).toEqual(expectedReceipts(subscriptions.paths, acknowledged));
    expect(unverified(world.receiver.requests(), subscriptions.secrets)).toEqual([]);
    expect([...receipts].filter(([key, times]) => times > (after.intents.get(key) ?? 0))).toEqual([]);
    expect([...before.delivered].filter((key) => receipts.get(key) !== 1)).toEqual([]);
    expect(balance.lostAttempts).toBeGreaterThanOrEqual(before.leased);
    if (!leases) expect(balance.lostAttempts).toBe(0);
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

/** Holds the first request's answer back until `release`, and answers every other at once. */
function holdFirst() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = 0;
  const answer = async (_request: RecordedRequest) => {
    if (++arrived === 1) await released;
    return { status: 200 };
  };
  return { answer, release };
}

test.concurrent("a dispatcher killed while an endpoint thinks leaves a lost attempt, and the message comes again", async (context) => {
  const { world, api } = await prepare(context, 1);
  world.receiver.answer(holdFirst().answer);
  const doomed = await world.start("dispatcher");
  const [id] = await publishOrders(api, "thinking", 1);
  await world.receiver.waitFor(1, 15_000);
  doomed.kill("SIGKILL");
  await doomed.exited;

  await world.start("dispatcher");
  expect(await settle(world.sql, 1)).toMatchObject({ delivered: 1, lostAttempts: 1 });
  expect(world.receiver.requests().map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
});

test.concurrent("a dispatcher frozen past its lease changes nothing when it thaws", async (context) => {
  const { world, api } = await prepare(context, 1);
  const { answer, release } = holdFirst();
  world.receiver.answer(answer);
  const frozen = await world.start("dispatcher");
  await publishOrders(api, "frozen", 1);
  await world.receiver.waitFor(1, 15_000);
  frozen.kill("SIGSTOP");
  await world.start("dispatcher");
  const taken = await settle(world.sql, 1);
  expect(taken).toMatchObject({ delivered: 1, lostAttempts: 1 });

  frozen.kill("SIGCONT");
  release();
  const attempts = await eventually(
    async () => {
      const rows = await world.sql`select n, outcome from attempts order by id`;
      return rows.length === 3 && rows;
    },
    { timeoutMs: 15_000, description: "the late outcome" },
  );
  expect(attempts.map(({ n }) => n).sort()).toEqual([1, 1, 2]);
  expect(await settle(world.sql, 1)).toEqual(taken);
  expect(world.receiver.total()).toBe(2);
});
