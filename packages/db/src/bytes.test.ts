import { randomBytes } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Sql } from "./connect.ts";
import { migrations } from "./migrate.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 1, applicationName: "bytes-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** A statement's first answer comes as text, the later ones as bytes: see docs/adr/0006-patched-database-driver.md. */
const times = [1, 2, 3];

const samples: (Buffer | null)[] = [
  null,
  Buffer.alloc(0),
  Buffer.from([0]),
  Buffer.from("\\x00 is no hex here"),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  randomBytes(300_000),
];

test("bytes arrive as they were stored, however often a statement is used", async () => {
  await sql`create temporary table blobs (n int, body bytea, note text)`;
  for (const [n, body] of samples.entries())
    await sql`insert into blobs values (${n}, ${body}, ${`note ${n}`})`;
  for (const _ of times) {
    const rows = await sql`select n, body, note from blobs order by n`;
    expect(rows.map(({ n, body, note }) => [n, body, note])).toEqual(
      samples.map((body, n) => [n, body, `note ${n}`]),
    );
    const values = await sql`select note, body from blobs order by n`.values();
    expect(values.map(([, body]) => body)).toEqual(samples);
  }
});

test("bytes that are a part of others are stored alone, beside text, numbers and nulls", async () => {
  const whole = Buffer.from("before\\x00\0\xffafter", "latin1");
  const part = whole.subarray(6, 12);
  const plain = new Uint8Array(whole.buffer, whole.byteOffset + 6, 6);
  for (const _ of times) {
    const [row] = await sql`select ${"tëxt"}::text a, ${part}::bytea b, ${7}::int c, ${plain}::bytea d,
      ${null}::bytea e, ${"\\x0102"}::text::bytea f`;
    expect(row).toEqual({ a: "tëxt", b: part, c: 7, d: part, e: null, f: Buffer.from([1, 2]) });
  }
});

test("what a raw answer holds stays as the server writes it", async () => {
  for (const _ of times) {
    const [row] = await sql`select 'ab'::bytea body`.raw();
    expect(String(row?.[0])).toBe("\\x6162");
  }
});

test("rows do not share their bytes", async () => {
  for (const _ of times) {
    const rows = await sql`select 'aa'::bytea body from generate_series(1, 2)`;
    rows[0]?.body.fill(0);
    expect(String(rows[1]?.body)).toBe("aa");
  }
});

test("a column that becomes another type is read as that", async () => {
  await sql`create temporary table changing (body bytea)`;
  await sql`insert into changing values ('ab')`;
  const read = async () => (await sql`select body from changing`)[0]?.body;
  for (const _ of times) expect(await read()).toEqual(Buffer.from("ab"));
  await sql`alter table changing alter column body type text using encode(body, 'escape')`;
  for (const _ of times) expect(await read()).toBe("ab");
  await sql`alter table changing alter column body type bytea using body::bytea`;
  for (const _ of times) expect(await read()).toEqual(Buffer.from("ab"));
});
