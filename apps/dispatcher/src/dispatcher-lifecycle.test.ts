import { connect, partitionDaysAhead } from "@carewire/db";
import { type Receiver, startReceiver, startTcpProxy } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimAll, publishRouted } from "./testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

const count = async (status: number) =>
  (await bench.sql`select id from deliveries where status = ${status}`).length;
const delivered = (wanted: number) => waitUntil(async () => (await count(2)) === wanted);
const uniqueIds = () =>
  new Set(receiver.requests().map(({ headers, path }) => `${headers["webhook-id"]} ${path}`));

describe("several dispatchers", () => {
  test("share the work: each event reaches each subscription once", async () => {
    const dispatchers = await Promise.all([
      startDispatcher(bench),
      startDispatcher(bench),
      startDispatcher(bench),
    ]);
    // Endpoints fall on shards and shards on dispatchers by chance: so many that once in a million times one has none.
    for (let i = 0; i < 60; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
    // Until all know of each other one of them may look after everything.
    const [{ since }] = await bench.sql<[{ since: Date }]>`select now() since`;
    const heardOf = () => bench.sql`select 1 from dispatcher_instances where heartbeat_at > ${since}`;
    await waitUntil(async () => (await heardOf()).length === dispatchers.length);
    for (let i = 0; i < 10; i++) {
      await bench.publishMany(2);
      await bench.wake();
    }
    await delivered(1_200);
    expect(receiver.total()).toBe(1_200);
    expect(uniqueIds().size).toBe(1_200);
    const shares = dispatchers.map(({ attempts }) => attempts.length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
  });

  test("do without one that left: its shards pass on", async () => {
    const [leaving, staying] = await Promise.all([startDispatcher(bench), startDispatcher(bench)]);
    for (let i = 0; i < 8; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
    await leaving.stop();
    await bench.publishMany(5);
    await bench.wake();
    await delivered(40);
    expect(staying.attempts).toHaveLength(40);
    await staying.stop();
    expect(await bench.sql`select id from dispatcher_instances`).toHaveLength(0);
  });
});

describe("draining", () => {
  test("waits for every answer, records it and claims nothing more", async () => {
    const dispatcher = await startDispatcher(bench);
    receiver.answer({ delayMs: 300 });
    for (let i = 0; i < 5; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
    await bench.publishMany(20);
    await bench.wake();
    await receiver.waitFor(5, patienceMs);
    await dispatcher.drain();
    const sent = receiver.total();
    expect(await count(2)).toBe(sent);
    expect(sent).toBeLessThan(100);
    expect(await bench.sql`select id from delivery_queue where lease_token is not null`).toHaveLength(0);
    expect(await dispatcher.inFlight()).toBe(0);
    await bench.publishMany(1);
    await bench.wake();
    expect(await bench.sql`select event_id from route_queue`).toHaveLength(1);
    await dispatcher.stop();
    expect(receiver.total()).toBe(sent);
  });

  test("records the retries of what fails meanwhile", async () => {
    const dispatcher = await startDispatcher(bench, { scheduleMs: [60_000] });
    receiver.answer({ status: 500, delayMs: 100 });
    await bench.subscribe({ url: receiver.url });
    const eventId = await bench.publish();
    await bench.wake();
    await receiver.waitFor(1, patienceMs);
    await dispatcher.stop();
    expect(await bench.attempts(eventId)).toMatchObject([{ n: 1, outcome: "http_5xx", nextStep: "retry" }]);
    expect(await bench.sql`select lane, lease_token from delivery_queue`).toEqual([
      { lane: 1, lease_token: null },
    ]);
  });

  test("with nothing to do ends soon, and whatever it breaks off is no error", async () => {
    const dispatcher = await startDispatcher(bench);
    const startedMs = performance.now();
    await dispatcher.stop();
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(dispatcher.errors).toEqual([]);
  });
});

describe("wake-ups", () => {
  test("that are lost cost latency only: what waits is found without any", async () => {
    const dispatcher = await startDispatcher(bench);
    await bench.subscribe({ url: receiver.url });
    await bench.publishMany(3);
    await delivered(3);
    await dispatcher.stop();
  });

  test("come again after the listening connection was killed, and nothing is lost meanwhile", async () => {
    const dispatcher = await startDispatcher(bench);
    await bench.subscribe({ url: receiver.url });
    const listening = () => bench.sql<{ pid: number }[]>`select pid from pg_stat_activity
      where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
    const [first] = await waitUntil(async () => {
      const rows = await listening();
      return rows.length > 0 && rows;
    });
    await bench.sql`select pg_terminate_backend(${first?.pid ?? 0})`;
    await bench.publishMany(2);
    await bench.wake();
    await delivered(2);
    await waitUntil(async () => (await listening()).some(({ pid }) => pid !== first?.pid));
    await dispatcher.stop();
  });

  test("are answered after every connection was killed at once, and the ledger adds up", async () => {
    const dispatcher = await startDispatcher(bench, { leaseSeconds: 2 });
    for (let i = 0; i < 6; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
    for (let i = 0; i < 5; i++) {
      await bench.publishMany(20);
      await bench.wake();
      await bench.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'dispatcher%'`;
    }
    await delivered(600);
    expect(uniqueIds().size).toBe(600);
    await dispatcher.stop();
    expect(await dispatcher.inFlight()).toBe(0);
    const [sums] = await bench.sql`select sum(attempts)::int counted,
      (select count(*)::int from attempts) written from deliveries`;
    expect(sums?.written).toBeGreaterThanOrEqual(sums?.counted);
  });
});

test("a database that was away for a while is met again: wake-ups, claims and records", async () => {
  const address = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { port: Number(address.port) } });
  address.port = String(proxy.port);
  const dispatcher = await startDispatcher(bench, { url: address.toString() });
  receiver.answer({ delayMs: 200 });
  await bench.subscribe({ url: receiver.url });
  await bench.publishMany(2);
  await receiver.waitFor(1, patienceMs);
  proxy.cut();
  await waitUntil(() => dispatcher.errors.some((error) => error.startsWith("record")));
  await waitUntil(() => dispatcher.errors.length > 20);
  proxy.restore();
  await delivered(2);
  expect(receiver.total()).toBe(2);
  const listening = () => bench.sql`select pid from pg_stat_activity
    where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
  await waitUntil(async () => (await listening()).length === 1);
  await bench.publishMany(1);
  await bench.wake();
  await delivered(3);
  await dispatcher.stop();
  await proxy.close();
});

test("a database whose old address fell silent, as after a failover, is met again over new connections", async () => {
  const address = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { port: Number(address.port) } });
  address.port = String(proxy.port);
  const dispatcher = await startDispatcher(bench, {
    url: address.toString(),
    answerTimeoutSeconds: 3,
    leaseSeconds: 4,
  });
  for (let i = 0; i < 4; i++) await bench.subscribe({ url: `${receiver.url}/${i}` });
  await bench.publishMany(20);
  await receiver.waitFor(10, patienceMs);
  proxy.strand();
  await bench.publishMany(5);
  await delivered(100);
  expect(uniqueIds().size).toBe(100);
  await dispatcher.stop();
  await proxy.close();
});

test("a delivery whose worker vanished is sent again by another, with the lost attempt in its history", async () => {
  await bench.subscribe({ url: receiver.url });
  await publishRouted(bench, 1);
  const [claimed] = (await claimAll(bench, { leaseSeconds: 1 })).deliveries;
  const dispatcher = await startDispatcher(bench);
  await delivered(1);
  expect(await bench.attempts(claimed?.eventId ?? "")).toMatchObject([
    { n: 1, outcome: "lost", nextStep: "retry" },
    { n: 2, nextStep: "delivered" },
  ]);
  expect(receiver.total()).toBe(1);
  await dispatcher.stop();
});

test("a dispatcher starts and delivers while a long read of the history keeps days from being prepared", async () => {
  const [last] = await bench.sql<[{ name: string }]>`
    select 'attempts_' || to_char((now() at time zone 'utc')::date + ${partitionDaysAhead}::int, 'YYYYMMDD') name`;
  await bench.sql`drop table if exists ${bench.sql(last.name)}`;
  const settings = { idle_in_transaction_session_timeout: 0 };
  const reader = connect({ url: bench.url, max: 1, applicationName: "reader", settings });
  await reader`begin`;
  await reader`lock table attempts in access share mode`;
  const dispatcher = await startDispatcher(bench);
  await bench.subscribe({ url: receiver.url });
  await bench.publishMany(1);
  await bench.wake();
  await delivered(1);
  expect(dispatcher.errors[0]).toMatch(/^create partitions: .*lock timeout/);
  await reader`commit`;
  await reader.end();
  await dispatcher.stop();
});

test("a dispatcher does not start without its database", async () => {
  const proxy = await startTcpProxy({ target: { port: Number(new URL(bench.url).port) } });
  proxy.cut();
  const url = Object.assign(new URL(bench.url), { port: String(proxy.port) }).toString();
  await expect(startDispatcher(bench, { url })).rejects.toThrow();
  await proxy.close();
});
