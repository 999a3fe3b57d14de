import { eventually } from "@carewire/testkit";
import { expect, type TestContext, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { countReceipts, expectedReceipts } from "./receipts.ts";
import { settle } from "./settle.ts";
import { createApiClient } from "./world/api-client.ts";
import { createWorld } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";
import { publishOrders } from "./world/publish-orders.ts";
import { subscribe } from "./world/subscribe.ts";

const batches = 5;
const perBatch = 500;
/** More than one request moves by itself, and than one step does. */
const events = batches * perBatch;

/** A paused subscription, a dispatcher that will die at a failpoint, and everything held. */
async function holdMany({ onTestFinished }: TestContext, failpoint: string, passage: number) {
  const world = await createWorld();
  onTestFinished(world.close);
  const { url } = await world.start("subscriptions-api");
  const api = createApiClient({ url, key: world.tenant.key });
  const { ids, paths } = await subscribe(api, { url: world.receiver.url, count: 1, events: ["order.paid"] });
  const subscription = `/v1/subscriptions/${ids[0]}`;
  await api.post(`${subscription}/pause`, {});
  const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill@${passage}` });
  const acknowledged: string[] = [];
  for (let n = 0; n < batches; n++) {
    acknowledged.push(...(await publishOrders(api, `drain_${n}`, perBatch)));
  }
  const isHeld = async () => (await readBalance(world.sql)).held === events;
  await eventually(isHeld, { description: "all of it to be held" });
  expect(world.receiver.total()).toBe(0);
  return { world, api, url, subscription, doomed, paths, acknowledged };
}

const windows = [
  { failpoint: "drain.before_commit", passage: 1 },
  { failpoint: "drain.before_commit", passage: 3 },
  { failpoint: "drain.after_commit", passage: 2 },
];

test.concurrent.for(windows)(
  "a dispatcher killed at $failpoint, passage $passage, leaves a resumed subscription whose deliveries all go",
  async ({ failpoint, passage }, context) => {
    const { world, api, subscription, doomed, paths, acknowledged } = await holdMany(
      context,
      failpoint,
      passage,
    );
    await api.post(`${subscription}/resume`, {});
    await expectDeath(doomed, failpoint);
    const left = await readBalance(world.sql);
    expect(isConserved(left), JSON.stringify(left)).toBe(true);
    expect(left.held, "it died in the middle").toBeGreaterThan(0);

    await Promise.all([world.start("dispatcher"), world.start("dispatcher")]);
    await settle(world.sql, events);
    const receipts = countReceipts(world.receiver.requests());
    expect([...receipts.keys()].sort()).toEqual(expectedReceipts(paths, acknowledged));
    // Only what was sent and not known to have arrived comes again.
    const repeated = [...receipts.values()].filter((times) => times > 1).length;
    const unanswered = await world.sql`select id from attempts where outcome in ('lost', 'timeout')`;
    expect(repeated).toBeLessThanOrEqual(unanswered.length);
  },
);

test.concurrent("a dispatcher killed while it cancels leaves a deleted subscription of which nothing stays held, or is sent", async (context) => {
  const failpoint = "drain.before_commit";
  const { world, url, subscription, doomed } = await holdMany(context, failpoint, 1);
  const headers = { authorization: `Bearer ${world.tenant.key}` };
  const answer = await fetch(url + subscription, { method: "DELETE", headers });
  expect(answer.status).toBe(204);
  await expectDeath(doomed, failpoint);
  const left = await readBalance(world.sql);
  expect(isConserved(left), JSON.stringify(left)).toBe(true);
  expect(left.held, "it died in the middle").toBeGreaterThan(0);

  await Promise.all([world.start("dispatcher"), world.start("dispatcher")]);
  const isOver = async () => {
    const [row] = await world.sql`select 1 from endpoint_drains`;
    return row === undefined;
  };
  await eventually(isOver, { description: "the last pass" });
  expect(await readBalance(world.sql)).toMatchObject({ cancelled: events, held: 0, pending: 0, strayed: 0 });
  expect(world.receiver.total()).toBe(0);
});
