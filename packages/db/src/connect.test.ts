import { setTimeout as after } from "node:timers/promises";
import {
  createTestDatabase,
  eventually,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
} from "@carewire/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connect, type Sql } from "./connect.ts";
import { migrations } from "./migrate.ts";

const answerTimeoutSeconds = 1;
let database: TestDatabase;
let proxy: TcpProxy;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());
beforeEach(async () => {
  const url = new URL(database.url);
  proxy = await startTcpProxy({ target: { host: url.hostname, port: Number(url.port) } });
  url.hostname = proxy.host;
  url.port = String(proxy.port);
  sql = connect({ url: url.href, max: 1, applicationName: "connect-test", answerTimeoutSeconds });
  await eventually(() => sql`select 1`);
});
afterEach(async () => {
  await sql.end({ timeout: 1 });
  await proxy.close();
});

test("a server that vanished without a word rejects what waits for it, and it is found again at once", async () => {
  proxy.strand();
  const waiting = await Promise.allSettled([sql`select 2`, sql`select 3`]);
  expect(waiting).toMatchObject([
    { reason: { code: "ANSWER_TIMEOUT" } },
    { reason: { code: "ANSWER_TIMEOUT" } },
  ]);
  expect(await eventually(() => sql`select 4 as four`)).toMatchObject([{ four: 4 }]);
});

test("a transaction that meets such a server is rejected, and its place in the pool comes back", async () => {
  const transaction = sql.begin(async (tx) => {
    await tx`select 1`;
    proxy.strand();
    await tx`select 2`;
  });
  await expect(transaction).rejects.toMatchObject({
    code: expect.stringMatching(/ANSWER_TIMEOUT|CONNECTION_CLOSED/),
  });
  expect(await eventually(() => sql`select 4 as four`)).toMatchObject([{ four: 4 }]);
});

describe("with an answer to come within 3 s", () => {
  let patient: Sql;
  beforeAll(() => {
    patient = connect({
      url: database.url,
      max: 2,
      applicationName: "connect-test-patient",
      answerTimeoutSeconds: 3,
    });
  });
  afterAll(() => patient.end({ timeout: 1 }));

  test.concurrent("one that takes longer as a whole, but comes piece by piece, is read to its end", async () => {
    const rows =
      await patient`select repeat('x', 20000) from generate_series(1, 8) i, lateral (select pg_sleep(0.5 + i * 0)) s`;
    expect(rows).toHaveLength(8);
  });

  test.concurrent("whoever reads a cursor, or thinks within a transaction, may take longer", async () => {
    const pages: number[] = [];
    for await (const page of patient`select i from generate_series(1, 2) i`.cursor(1)) {
      if (pages.push(page.length) === 1) await after(3_500);
    }
    expect(pages).toEqual([1, 1]);
    const kept = await patient.begin(async (tx) => {
      await tx`select 1`;
      await after(3_500);
      return tx`select 5 as five`;
    });
    expect(kept).toMatchObject([{ five: 5 }]);
  });
});
