import { createTestDatabase, eventually, startTcpProxy, type TestDatabase } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connect, type Sql } from "./connect.ts";
import { migrations } from "./migrate.ts";

// Guards the patched driver (patches/README.md): what many statements on one connection do to each other.

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`create table written (by text not null)`;
});
afterAll(() => database.drop());

function openPool(max: number): Sql {
  const pool = connect({ url: database.url, max, applicationName: "driver-pipeline" });
  onTestFinished(() => pool.end({ timeout: 1 }));
  return pool;
}

test("a transaction that begins behind a hundred statements has its connection for itself", async () => {
  const pool = openPool(2);
  const held = await pool.reserve();
  await pool`select 1 one`;
  const before = Array.from({ length: 100 }, () => pool`select 1 one`.execute());
  const begun = pool.begin((tx) => tx`select 2 two`).catch((error: Error) => error.message);
  await Promise.all(before);
  expect(await begun).toEqual([{ two: 2 }]);
  await pool`insert into written values ('plain')`;
  expect(await database.sql`select by from written`).toEqual([{ by: "plain" }]);
  held.release();
});

test("a statement that cannot be sent is rejected alone, and each of the others gets its own answer", async () => {
  const pool = openPool(1);
  await pool`select 1 one`;
  const active = pool`select 2 two, pg_sleep(0.05)::text`.execute();
  const bad = pool`select ${undefined as unknown as string}::text`.catch((error: Error) => error.message);
  const behind = pool`select 3 three`;
  expect(await bad).toMatch(/UNDEFINED_VALUE/);
  expect(await active).toMatchObject([{ two: 2 }]);
  expect(await behind).toEqual([{ three: 3 }]);
});

test("what follows a result that failed in its middle begins at its own first row", async () => {
  const pool = openPool(1);
  const broken = pool`select 1 / (4 - i) q from generate_series(1, 9) i`.catch(
    (error: Error) => error.message,
  );
  const behind = pool`select 1 one`;
  expect(await broken).toMatch(/division by zero/);
  expect(await behind).toEqual([{ one: 1 }]);
});

test("what follows a result that was cut off begins at its own first row", async () => {
  const url = new URL(database.url);
  const proxy = await startTcpProxy({ target: { host: url.hostname, port: Number(url.port) } });
  onTestFinished(proxy.close);
  url.host = `${proxy.host}:${proxy.port}`;
  const pool = connect({ url: url.href, max: 1, applicationName: "driver-pipeline-cut" });
  onTestFinished(() => pool.end({ timeout: 1 }));
  const cut = pool`
    select repeat('x', 20000), case when i = 4 then pg_sleep(30)::text end from generate_series(1, 5) i
  `.catch((error: Error) => error.message);
  const isSleeping = async () =>
    (
      await database.sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event = 'PgSleep'`
    ).length > 0;
  await eventually(isSleeping, { description: "three rows to be on their way" });
  proxy.cut();
  expect(await cut).toMatch(/CONNECTION_CLOSED|ECONNRESET/);
  proxy.restore();
  expect(await eventually(() => pool`select 1 one`)).toEqual([{ one: 1 }]);
});

test("a connection whose life ended while it was reserved is not handed on", async () => {
  const pool = postgres(database.url, { max: 1, fetch_types: false, max_lifetime: 0.05 });
  onTestFinished(() => pool.end({ timeout: 1 }));
  for (let round = 0; round < 3; round++) {
    const reserved = await pool.reserve();
    await reserved`select pg_sleep(0.1)::text`;
    reserved.release();
    for (let n = 0; n < 3; n++) expect(await pool`select ${n}::int n`).toEqual([{ n }]);
  }
});

test("a connection whose life ended beside a server that vanished gives its place back", async () => {
  const url = new URL(database.url);
  const proxy = await startTcpProxy({ target: { host: url.hostname, port: Number(url.port) } });
  onTestFinished(proxy.close);
  url.host = `${proxy.host}:${proxy.port}`;
  let closed = 0;
  const options = {
    max: 1,
    fetch_types: false,
    max_lifetime: 0.2,
    answer_timeout: 0.2,
    onclose: () => void closed++,
  };
  const pool = postgres(url.href, options);
  onTestFinished(() => pool.end({ timeout: 1 }));
  // A busy machine may miss so short a limit; only what closes later is the connection that vanished.
  await eventually(() => pool`select 1`);
  closed = 0;
  proxy.strand();
  await eventually(() => closed > 0, { description: "the connection to be given up" });
  expect(await eventually(() => pool`select 1 one`)).toEqual([{ one: 1 }]);
});
