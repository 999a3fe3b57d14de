import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { firstPosition, lastPosition } from "./endpoint-drains/look.ts";
import { holdDeliveries } from "./hold-deliveries.ts";
import { releaseDeliveries, unorderDeliveries } from "./release-deliveries.ts";
import { createEndpointBench, type EndpointBench } from "./testing/endpoint-bench.ts";

let bench: EndpointBench;

beforeAll(async () => {
  bench = await createEndpointBench();
});
afterAll(() => bench.drop());
beforeEach(() => bench.reset());

const hold = () => holdDeliveries(bench.sql, bench.subscriptionId);
const release = (rowsMax?: number) => releaseDeliveries(bench.sql, bench.subscriptionId, rowsMax);
const unorder = (rowsMax?: number) => unorderDeliveries(bench.sql, bench.subscriptionId, rowsMax);

test("releasing makes what is held due now, in the retry lane, with the attempts it had; a second time does nothing", async () => {
  const waiting = await bench.queue({ attempts: 3 });
  await hold();
  expect(await release()).toBe(1);
  expect(await release()).toBe(0);
  const rows = await bench.sql`
    select id, destination_id, shard, lane, attempts, due_at <= now() due, lease_token from delivery_queue`;
  expect(rows).toEqual([
    {
      id: waiting,
      destination_id: bench.subscriptionId,
      shard: 7,
      lane: 1,
      attempts: 3,
      due: true,
      lease_token: null,
    },
  ]);
  expect(await bench.statuses()).toEqual({ [waiting]: { status: 0, attempts: 3 } });
  expect(await bench.isHeld(bench.subscriptionId)).toBe(false);
});

test("few go at once, whatever lies before them, and dispatchers are told to look once more", async () => {
  await bench.store(20, 2);
  const held = await bench.store(5, 1);
  expect(await release(10)).toBe(5);
  expect(await bench.queued()).toEqual(held);
  expect(await bench.drain()).toEqual({ kind: "release", position: firstPosition, last_pass: false });
});

test("when all there is was looked at, dispatchers need not begin at the first delivery", async () => {
  await bench.store(5, 1);
  expect(await release(10)).toBe(5);
  expect(await bench.drain()).toEqual({ kind: "release", position: lastPosition, last_pass: false });
});

test("many are left to dispatchers, so that the oldest go first", async () => {
  await bench.store(11, 1);
  expect(await release(10)).toBe(0);
  expect(await bench.drain()).toEqual({ kind: "release", position: firstPosition, last_pass: false });
});

test("releasing again begins anew", async () => {
  await bench.store(1, 1);
  await release();
  await bench.sql`update endpoint_drains set last_pass = true, barrier = 5, started_at = now() - interval '1 hour'`;
  await release();
  const [drain] = await bench.sql`
    select last_pass, barrier, started_at > now() - interval '1 minute' fresh from endpoint_drains`;
  expect(drain).toEqual({ last_pass: false, barrier: null, fresh: true });
});

describe("of an ordered subscription", () => {
  beforeEach(async () => {
    await bench.set({ ordering: "fifo" });
  });

  test("releasing leaves in line what waits there, and makes the rest due", async () => {
    const { head, next } = await bench.lane();
    const plain = await bench.queue();
    await hold();
    expect(await release()).toBe(1);
    expect(await bench.counts()).toEqual({ 0: 3 });
    expect([await bench.queued(), await bench.lanes(), await bench.waiting()]).toEqual([
      [plain],
      [],
      [head, next],
    ]);
  });

  test("ending the order makes everything due that waits", async () => {
    const { head, next } = await bench.lane();
    await bench.set({ ordering: "none" });
    await unorder();
    expect([await bench.queued(), await bench.lanes(), await bench.waiting()]).toEqual([
      [head, next].sort(),
      [],
      [],
    ]);
    expect(await bench.drain()).toBeUndefined();
  });

  test("ending the order of many makes some due at once and leaves the rest to dispatchers", async () => {
    for (let n = 0; n < 5; n++) await bench.lane({ subject: `order-${n}` });
    await bench.set({ ordering: "none" });
    await unorder(3);
    expect([(await bench.queued()).length, (await bench.waiting()).length]).toEqual([8, 2]);
    expect(await bench.drain()).toMatchObject({ kind: "release", position: firstPosition });
  });

  test("ending the order while it is paused changes nothing until it is resumed; then all of it is due", async () => {
    const { head, next } = await bench.lane();
    await bench.set({ active: false });
    await hold();
    await bench.set({ ordering: "none" });
    await unorder();
    expect([await bench.queued(), await bench.waiting()]).toEqual([[], [head, next]]);
    await bench.set({ active: true });
    expect(await release()).toBe(2);
    expect([await bench.queued(), await bench.waiting()]).toEqual([[head, next].sort(), []]);
    expect(await bench.counts()).toEqual({ 0: 2 });
  });
});
