import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cancelDeliveries } from "./cancel-deliveries.ts";
import { firstPosition, lastPosition } from "./endpoint-drains/look.ts";
import { createEndpointBench, type EndpointBench } from "./testing/endpoint-bench.ts";

let bench: EndpointBench;

beforeAll(async () => {
  bench = await createEndpointBench();
});
afterAll(() => bench.drop());
beforeEach(() => bench.reset());

const cancel = (rowsMax?: number) => cancelDeliveries(bench.sql, bench.endpoint, rowsMax);

test("cancels what is queued, in line and held; not what is finished, or nobody else's", async () => {
  const queued = await bench.queue({ attempts: 3 });
  const others = await bench.queue({ to: bench.otherId });
  const { head, next } = await bench.lane();
  const [[held], [delivered]] = [await bench.store(1, 1), await bench.store(1, 2)];
  expect(await cancel()).toEqual({ deliveries: 4, isAll: true });
  expect(await bench.statuses()).toMatchObject({
    [queued]: { status: 4, attempts: 3 },
    [others]: { status: 0 },
    [head]: { status: 4, attempts: 2 },
    [next]: { status: 4 },
    [String(held)]: { status: 4 },
    [String(delivered)]: { status: 2 },
  });
  expect([await bench.queued(), await bench.lanes(), await bench.waiting()]).toEqual([[others], [], []]);
  expect(await bench.drain()).toEqual({ kind: "cancel", position: lastPosition, last_pass: false });
  const unfinished = await bench.sql`select 1 from deliveries where status = 4 and finished_at is null`;
  expect(unfinished).toHaveLength(0);
});

test("what is being sent right now is left to the dispatcher, and so is its lane", async () => {
  const { head, next } = await bench.lane({ lease: "1 minute" });
  expect(await cancel()).toEqual({ deliveries: 1, isAll: true });
  expect(await bench.statuses()).toMatchObject({ [head]: { status: 0 }, [next]: { status: 4 } });
  expect([await bench.queued(), await bench.lanes()]).toEqual([[head], [head]]);
});

test("a lease that ran out leaves its lost attempt", async () => {
  const lost = await bench.queue({ attempts: 2, lease: "-1 second" });
  await cancel();
  expect(await bench.statuses()).toEqual({ [lost]: { status: 4, attempts: 2 } });
  expect(await bench.sql`select n, outcome, next_step from attempts`).toEqual([
    { n: 2, outcome: "lost", next_step: "failed" },
  ]);
});

test.each([
  ["queued", 3, () => Promise.all(Array.from({ length: 5 }, () => bench.queue()))],
  ["held", 3, () => bench.store(5, 1)],
  ["in line", 6, () => Promise.all(Array.from({ length: 5 }, (_, n) => bench.lane({ subject: `${n}` })))],
])(
  "of many that are %s one request cancels so many and says that there are more",
  async (_where, deliveries, fill) => {
    await fill();
    expect(await cancel(3)).toEqual({ deliveries, isAll: false });
    expect(await bench.counts()).toMatchObject({ 4: deliveries });
    expect(await bench.drain()).toEqual({ kind: "cancel", position: firstPosition, last_pass: false });
  },
);
