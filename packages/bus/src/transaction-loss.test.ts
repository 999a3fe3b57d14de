import { connect, migrations, type Sql } from "@carewire/db";
import { createTestDatabase, eventually, startTcpProxy, type TestDatabase } from "@carewire/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

// Guards the patched driver (patches/README.md): consume's "exactly once" stands on these.

let database: TestDatabase;
let pool: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`create table written (by text not null)`;
});
afterAll(() => database.drop());
beforeEach(() => {
  pool = connect({ url: database.url, max: 1, applicationName: "loss" });
});
afterEach(() => pool.end({ timeout: 1 }));

/** A backend that ends with a statement unread resets its connection: which of the two is seen first is the kernel's choice. */
const LOST_IN_FLIGHT = /CONNECTION_CLOSED|ECONNRESET/;

const terminate = (pid: number) => database.sql`select pg_terminate_backend(${pid})`;

test("a backend that dies under a statement rejects the transaction, and the pool goes on", async () => {
  let pid = 0;
  const lost = pool.begin(async (tx) => {
    pid = (await tx<{ pid: number }[]>`select pg_backend_pid() pid`)[0]?.pid ?? 0;
    await tx`select pg_sleep(30)`;
  });
  const rejected = expect(lost).rejects.toThrow(/CONNECTION_CLOSED/);
  await eventually(() => pid);
  await terminate(pid);
  await rejected;
  for (let n = 0; n < 3; n++) expect(await pool`select ${n}::int n`).toEqual([{ n }]);
});

test("a statement sent after the loss runs nowhere, not even in the transaction that got the connection", async () => {
  let pid = 0;
  let resume = (): void => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let late = "";
  const lost = pool.begin(async (tx) => {
    pid = (await tx<{ pid: number }[]>`select pg_backend_pid() pid`)[0]?.pid ?? 0;
    await resumed;
    late = await tx`insert into written values ('the lost one')`.then(
      () => "it ran",
      (error: Error) => error.message,
    );
  });
  const rejected = expect(lost).rejects.toThrow(/CONNECTION_CLOSED/);
  await eventually(() => pid);
  await terminate(pid);
  await rejected;
  await pool.begin(async (tx) => {
    await tx`insert into written values ('the next one')`;
    resume();
    expect(await eventually(() => late)).toMatch(/CONNECTION_CLOSED/);
  });
  expect(await database.sql`select by from written`).toEqual([{ by: "the next one" }]);
});

test("a reserved connection that was lost refuses what comes late, and given back leaves a pool that goes on", async () => {
  const connection = await pool.reserve();
  const [backend] = await connection<{ pid: number }[]>`select pg_backend_pid() pid`;
  const sleeping = expect(connection`select pg_sleep(30)`).rejects.toThrow(LOST_IN_FLIGHT);
  const behind = expect(connection`insert into written values ('behind')`).rejects.toThrow(LOST_IN_FLIGHT);
  await terminate(backend?.pid ?? 0);
  await Promise.all([sleeping, behind]);
  const next = await pool.reserve();
  await expect(connection`insert into written values ('late')`).rejects.toThrow(/CONNECTION_CLOSED/);
  connection.release();
  expect(await next`select 1 one`).toEqual([{ one: 1 }]);
  next.release();
  for (let n = 0; n < 3; n++) expect(await pool`select ${n}::int n`).toEqual([{ n }]);
  expect(await database.sql`select by from written where by in ('behind', 'late')`).toEqual([]);
});

test("who waits to reserve when the only connection is lost gets the one that follows it", async () => {
  const connection = await pool.reserve();
  const [backend] = await connection<{ pid: number }[]>`select pg_backend_pid() pid`;
  const waiting = [pool.reserve(), pool.reserve()];
  await terminate(backend?.pid ?? 0);
  for (const next of waiting) {
    const reserved = await next;
    expect(await reserved`select 1 one`).toEqual([{ one: 1 }]);
    reserved.release();
  }
  expect(await pool`select 2 two`).toEqual([{ two: 2 }]);
});

test("who could not reserve since nothing could be reached takes no connection from who comes later", async () => {
  const { hostname, port } = new URL(database.url);
  const proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  const through = new URL(database.url);
  through.host = `${proxy.host}:${proxy.port}`;
  const relayed = connect({ url: through.href, max: 1, applicationName: "loss-relayed" });
  try {
    proxy.cut();
    await expect(relayed.reserve()).rejects.toThrow(LOST_IN_FLIGHT);
    proxy.restore();
    for (let n = 0; n < 3; n++) expect(await relayed`select ${n}::int n`).toEqual([{ n }]);
    const reserved = await relayed.reserve();
    expect(await reserved`select 1 one`).toEqual([{ one: 1 }]);
    reserved.release();
  } finally {
    await relayed.end({ timeout: 1 });
    await proxy.close();
  }
});

test("a reset network rejects what is in flight, again and again, without using up connections", async () => {
  const { hostname, port } = new URL(database.url);
  const proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  const through = new URL(database.url);
  through.host = `${proxy.host}:${proxy.port}`;
  const relayed = connect({ url: through.href, max: 1, applicationName: "loss-relayed" });
  try {
    for (let round = 0; round < 3; round++) {
      let begun = false;
      const lost = relayed.begin(async (tx) => {
        await tx`select 1`;
        begun = true;
        await tx`select pg_sleep(30)`;
      });
      const rejected = expect(lost).rejects.toThrow(LOST_IN_FLIGHT);
      await eventually(() => begun);
      proxy.cut();
      await rejected;
      proxy.restore();
      expect(await relayed.begin((tx) => tx`select 5 five`)).toEqual([{ five: 5 }]);
    }
  } finally {
    await relayed.end({ timeout: 1 });
    await proxy.close();
  }
});
