import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { holdDeliveries } from "./hold-deliveries.ts";
import { releaseDeliveries } from "./release-deliveries.ts";
import { createEndpointBench, type EndpointBench } from "./testing/endpoint-bench.ts";

let bench: EndpointBench;

beforeAll(async () => {
  bench = await createEndpointBench();
});
afterAll(() => bench.drop());
beforeEach(() => bench.reset());

const hold = (rowsMax?: number) => holdDeliveries(bench.sql, bench.subscriptionId, rowsMax);

test("holding takes what waits out of the queue, also retries of tomorrow, and nobody else's", async () => {
  const waiting = await bench.queue({ attempts: 3 });
  const others = await bench.queue({ to: bench.otherId });
  await hold();
  expect(await bench.statuses()).toEqual({
    [waiting]: { status: 1, attempts: 3 },
    [others]: { status: 0, attempts: 0 },
  });
  expect(await bench.queued()).toEqual([others]);
  expect(await bench.isHeld(bench.subscriptionId)).toBe(true);
  expect(await bench.isHeld(bench.otherId)).toBe(false);
});

test("holding leaves alone what is being sent right now", async () => {
  const sending = await bench.queue({ attempts: 1, lease: "1 minute" });
  await hold();
  expect(await bench.queued()).toEqual([sending]);
  expect(await bench.statuses()).toEqual({ [sending]: { status: 0, attempts: 0 } });
});

test("holding a delivery whose lease ran out leaves its lost attempt, so that the ledger adds up", async () => {
  const lost = await bench.queue({ attempts: 2, lease: "-1 second" });
  await hold();
  expect(await bench.statuses()).toEqual({ [lost]: { status: 1, attempts: 2 } });
  const attempts = await bench.sql`select delivery_id, n, outcome, next_step from attempts`;
  expect(attempts).toEqual([{ delivery_id: lost, n: 2, outcome: "lost", next_step: "retry" }]);
});

test("a ping that waits is not held", async () => {
  const ping = await bench.queue();
  await bench.sql`update delivery_queue set probe = true where id = ${ping}`;
  await hold();
  expect(await bench.queued()).toEqual([ping]);
  expect(await bench.statuses()).toEqual({ [ping]: { status: 0, attempts: 0 } });
});

test("one request holds so many and no more; what is left in the queue stays as it is", async () => {
  for (let n = 0; n < 5; n++) await bench.queue();
  await hold(3);
  expect(await bench.queued()).toHaveLength(2);
  expect(await bench.counts()).toEqual({ 0: 2, 1: 3 });
});

test("holding waits for nobody who works on a row of the queue", async () => {
  const [locked, free] = [await bench.queue(), await bench.queue()];
  await bench.sql.begin(async (tx) => {
    await tx`update delivery_queue set due_at = now() where id = ${locked}`;
    await hold();
  });
  expect(await bench.queued()).toEqual([locked]);
  expect(await bench.statuses()).toMatchObject({ [free]: { status: 1 } });
});

test("holding ends a release that is going on", async () => {
  await bench.store(3, 1);
  await releaseDeliveries(bench.sql, bench.subscriptionId);
  expect(await bench.drain()).toMatchObject({ kind: "release" });
  await hold();
  expect(await bench.drain()).toBeUndefined();
});

test("holding puts the first of a lane back before those that wait", async () => {
  const { head, next } = await bench.lane();
  await hold();
  expect(await bench.statuses()).toEqual({
    [head]: { status: 1, attempts: 2 },
    [next]: { status: 1, attempts: 0 },
  });
  expect([await bench.queued(), await bench.lanes(), await bench.waiting()]).toEqual([[], [], [head, next]]);
});

test("holding leaves the lane to what is being sent right now", async () => {
  const { head, next } = await bench.lane({ lease: "1 minute" });
  await hold();
  expect(await bench.statuses()).toEqual({
    [head]: { status: 0, attempts: 0 },
    [next]: { status: 1, attempts: 0 },
  });
  expect([await bench.queued(), await bench.lanes(), await bench.waiting()]).toEqual([
    [head],
    [head],
    [next],
  ]);
});
