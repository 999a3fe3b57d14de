import { holdDeliveries, releaseDeliveries } from "@carewire/db";
import { newId } from "@carewire/envelope";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { createLaneViews, type LaneViews } from "./testing/lane-views.ts";
import { type Answer, type OrderedEndpoint, startOrderedEndpoint } from "./testing/ordered-endpoint.ts";
import {
  type DispatcherOptions,
  type RunningDispatcher,
  startDispatcher,
} from "./testing/start-dispatcher.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let views: LaneViews;
let running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  bench = await createDeliveryBench();
  views = createLaneViews(bench);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});

async function start(options?: DispatcherOptions): Promise<RunningDispatcher> {
  const dispatcher = await startDispatcher(bench, options);
  running.push(dispatcher);
  return dispatcher;
}

async function endpoint(...how: Parameters<typeof startOrderedEndpoint>): Promise<OrderedEndpoint> {
  const server = await startOrderedEndpoint(...how);
  running.push({ stop: server.close });
  return server;
}

/** Publishes one event per subject named, in this order; returns their ids by subject. */
async function publish(to: OrderedEndpoint, subjects: string[], data = "{}"): Promise<Map<string, string[]>> {
  const published = new Map<string, string[]>();
  for (const subject of subjects) {
    const id = newId(Date.now());
    to.expect(id, subject);
    published.set(subject, [...(published.get(subject) ?? []), id]);
    await bench.publish({ id, subject, data });
  }
  await bench.wake();
  return published;
}

const statuses = async () => {
  const rows = await bench.sql<{ status: number; n: number }[]>`
    select status, count(*)::int n from deliveries group by 1`;
  return Object.fromEntries(
    rows.map(({ status, n }) => [["pending", "held", "delivered", "failed"][status], n]),
  );
};
const finished = (wanted: number) =>
  waitUntil(async () => ((await statuses()).delivered ?? 0) + ((await statuses()).failed ?? 0) === wanted);

test("whatever fails, however often: per subject first successes come in order, and never two are in flight", async () => {
  await Promise.all([start(), start()]);
  const subject = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
  const answers = fc.infiniteStream(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Answer>("ok") },
      { weight: 2, arbitrary: fc.constant<Answer>("fail") },
      { weight: 1, arbitrary: fc.constant<Answer>("hang_up") },
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(subject, { minLength: 20, maxLength: 60 }),
      answers,
      async (subjects, stream) => {
        await bench.reset();
        const delay = () => subjects.length % 5;
        const server = await startOrderedEndpoint(() => stream.next().value ?? "ok", delay);
        await bench.subscribe({ url: server.url, ordering: "fifo" });
        const published = await publish(server, subjects);
        await finished(subjects.length);
        for (const [name, ids] of published) expect(server.succeeded(name)).toEqual(ids);
        expect(server.inFlightMax()).toBe(1);
        expect(await statuses()).toEqual({ delivered: subjects.length });
        await views.expectNothingLost();
        await server.close();
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
}, 600_000);

test("a stuck first delivery holds up its own subject only; once it fails for good the next one goes", async () => {
  let first: string | undefined;
  const server = await endpoint((id, subject) => {
    if (subject === "stuck") first ??= id;
    return id === first ? "fail" : "ok";
  });
  const { id } = await bench.subscribe({ url: server.url, ordering: "fifo" });
  // Its failures open no circuit breaker.
  await start({
    scheduleMs: [200],
    breaker: { failuresMax: 1_000, pauseMs: 1, pauseMsMax: 1 },
  });
  const published = await publish(server, ["stuck", "stuck", "free", "free", "free"]);
  await waitUntil(async () => (await statuses()).delivered === 3);
  expect(await statuses()).toEqual({ pending: 2, delivered: 3 });
  expect(server.succeeded("free")).toEqual(published.get("free"));
  expect(await bench.sql`select subject from fifo_queue`).toEqual([{ subject: "stuck" }]);
  await bench.sql`update subscriptions set max_retries = 1, version = version + 1 where id = ${id}`;
  await waitUntil(async () => (await statuses()).failed === 1);
  await finished(5);
  expect(server.succeeded("stuck")).toEqual(published.get("stuck")?.slice(1));
}, 120_000);

test("events without a subject wait for nobody", async () => {
  const server = await endpoint((_id, subject) => (subject === "a" ? "fail" : "ok"));
  await bench.subscribe({ url: server.url, ordering: "fifo" });
  await start();
  await publish(server, ["a", "a"]);
  const id = await bench.publish();
  await bench.wake();
  await waitUntil(async () => (await bench.deliveries(id))[0]?.status === "delivered");
  expect(server.succeeded("a")).toEqual([]);
});

test("a dispatcher that dies between recording an outcome and freeing its lane holds nobody up for long", async () => {
  const server = await endpoint(() => "ok");
  await bench.subscribe({ url: server.url, ordering: "fifo" });
  const dying = await start({
    failpoint: (name) => {
      if (name === "dispatch.before_release" && server.requests() > 0) throw new Error("killed");
    },
  });
  const published = await publish(server, Array(6).fill("a"));
  await waitUntil(() => dying.errors.includes("promote: killed"));
  await waitUntil(async () => (await statuses()).pending === 5);
  expect(await statuses()).toEqual({ delivered: 1, pending: 5 });
  await start();
  await finished(6);
  expect(server.succeeded("a")).toEqual(published.get("a"));
  expect(server.inFlightMax()).toBe(1);
});

describe("pausing and resuming", () => {
  test("keeps the order, also of what was published meanwhile and of a try that failed before", async () => {
    let failing = true;
    const server = await endpoint(() => (failing ? "fail" : "ok"));
    const { id } = await bench.subscribe({ url: server.url, ordering: "fifo" });
    await start({ scheduleMs: [50] });
    const before = await publish(server, ["a", "a", "b"]);
    await waitUntil(() => server.requests() > 2);
    await bench.sql.begin(async (tx) => {
      await tx`update subscriptions set active = false, version = version + 1 where id = ${id}`;
      await holdDeliveries(tx, id);
    });
    const meanwhile = await publish(server, ["a", "b"]);
    await waitUntil(async () => (await statuses()).held === 5);
    await views.expectNothingLost();
    expect(await bench.sql`select 1 from fifo_lanes`).toHaveLength(0);
    failing = false;
    await bench.sql.begin(async (tx) => {
      await tx`update subscriptions set active = true, version = version + 1 where id = ${id}`;
      await releaseDeliveries(tx, id);
    });
    await finished(5);
    for (const subject of ["a", "b"]) {
      const ids = [...(before.get(subject) ?? []), ...(meanwhile.get(subject) ?? [])];
      expect(server.succeeded(subject)).toEqual(ids);
    }
    expect(server.inFlightMax()).toBe(1);
  });
});

test("filter and order together: what passes comes in order, across what does not", async () => {
  let requests = 0;
  const server = await endpoint(
    () => (++requests % 5 === 0 ? "fail" : "ok"),
    () => 1,
  );
  await bench.subscribe({ url: server.url, ordering: "fifo", filter: { amount: { $gte: 5 } } });
  await Promise.all([start(), start()]);
  const wanted: string[] = [];
  for (let i = 0; i < 40; i++) {
    const amount = (i * 7) % 10;
    const published = await publish(server, ["a"], JSON.stringify({ amount }));
    if (amount >= 5) wanted.push(...(published.get("a") ?? []));
  }
  await waitUntil(() => server.succeeded("a").length === wanted.length);
  expect(server.succeeded("a")).toEqual(wanted);
  expect(server.inFlightMax()).toBe(1);
  await finished(wanted.length);
  await waitUntil(async () => (await bench.sql`select 1 from filter_queue`).length === 0);
  await views.expectNothingLost();
});

test("many subjects are served side by side, and nothing of the machinery is left", async () => {
  const server = await endpoint(() => "ok");
  await bench.subscribe({ url: server.url, ordering: "fifo" });
  await Promise.all([start(), start()]);
  const subjects = Array.from({ length: 300 }, (_, i) => `s${i % 100}`);
  const published = await publish(server, subjects);
  await finished(300);
  for (const [subject, ids] of published) expect(server.succeeded(subject)).toEqual(ids);
  await waitUntil(async () => {
    const [row] =
      await bench.sql`select (select count(*) from fifo_queue) + (select count(*) from fifo_lanes) n`;
    return Number(row?.n) === 0;
  });
});
