import { createTestDatabase, eventually, startTcpProxy, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Sql } from "./connect.ts";
import { migrations } from "./migrate.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 2, applicationName: "array-types-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

test.each<[string, (string | null)[]]>([
  ["nothing", []],
  ["nulls", [null, "NULL", "null", null]],
  ["quotes and backslashes", ['"', "\\", 'x"y\\z', '\\"']],
  ["braces, commas and spaces", ["{}", ",", "{a,b}", " a "]],
  ["empty text and line breaks", ["", "a\nb", "\r\n"]],
  ["characters beyond ASCII", ["é", "日本", "👩‍⚕️"]],
])("a text array of %s makes the round trip", async (_name, values) => {
  const [row] = await sql`select ${values}::text[] back`;
  expect(row?.back).toEqual(values);
});

test("every other array type in use makes the round trip", async () => {
  const id = "0199c0de-0000-7000-8000-000000000001";
  const [row] = await sql`
    select ${[id]}::uuid[] ids, ${[1, -2]}::int[] ints, ${[3]}::smallint[] smalls, ${["9007199254740993"]}::bigint[] bigs,
      ${[0.5]}::float8[] floats, array[true, null] bools, array['\\x00ff'::bytea] bytes,
      array['2026-01-02T03:04:05Z'::timestamptz] moments, array['{"a":[1]}'::jsonb] documents`;
  expect(row).toEqual({
    ids: [id],
    ints: [1, -2],
    smalls: [3],
    bigs: ["9007199254740993"],
    floats: [0.5],
    bools: [true, null],
    bytes: [Buffer.from([0, 255])],
    moments: [new Date("2026-01-02T03:04:05Z")],
    documents: [{ a: [1] }],
  });
});

test("a connection lost while it is being set up rejects the statement and nothing else", async () => {
  const server = new URL(database.url);
  const proxy = await startTcpProxy({ target: { host: server.hostname, port: Number(server.port) } });
  server.hostname = proxy.host;
  server.port = String(proxy.port);
  const proxied = connect({ url: server.href, max: 4, applicationName: "array-types-test" });
  for (let round = 0; round < 5; round++) {
    const statements = Array.from({ length: 4 }, () => proxied`select 1`);
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    await Promise.allSettled(statements);
    proxy.restore();
  }
  const rows = await eventually(() => proxied`select 1 ok`);
  expect(rows[0]?.ok).toBe(1);
  await proxied.end({ timeout: 1 });
  await proxy.close();
});
