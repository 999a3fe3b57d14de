import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packBytes, plainArray, textArray } from "./array-literal.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

test("text of any kind comes back from PostgreSQL unchanged, nulls included", async () => {
  const storable = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !text.includes("\0"));
  const special = fc.constantFrom("", "null", "NULL", '"', "\\", "{}", ",", 'a"b\\c,d{e}', " ");
  const values = fc.array(fc.oneof(storable, special, fc.constant(null)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(values, async (some) => {
      const texts = [...some, "not null"];
      const [row] = await database.sql`select to_json(${textArray(texts)}::text[]) texts`;
      expect(row?.texts).toEqual(texts);
    }),
    { numRuns: 60 },
  );
});

test("numbers and uuids come back unchanged, nulls included", async () => {
  const uuid = "0199c0de-0000-7000-8000-000000000001";
  const [row] = await database.sql`
    select to_json(${plainArray([1, null, -3])}::int[]) numbers, to_json(${plainArray([uuid, null])}::uuid[]) uuids,
      to_json(${plainArray([])}::int[]) none`;
  expect(row).toEqual({ numbers: [1, null, -3], uuids: [uuid, null], none: [] });
});

test("nothing but nulls is the empty array, which unnest fills up beside a longer one", async () => {
  const rows = await database.sql`
    select * from unnest(${plainArray([1, 2])}::int[], ${plainArray([null, null])}::uuid[], ${textArray([null, null])}::text[])
      t(n, id, name)`;
  expect([...rows]).toEqual([
    { n: 1, id: null, name: null },
    { n: 2, id: null, name: null },
  ]);
});

test("packed bytes are cut apart again exactly, empty ones and nulls included", async () => {
  const values = [Buffer.from([0, 255, 92]), null, Buffer.alloc(0), Buffer.from("…")];
  const packed = packBytes(values);
  const rows = await database.sql`
    select substring(${packed.joined}::bytea from o for l) value
    from unnest(${packed.offsets}::int[], ${packed.lengths}::int[]) with ordinality t(o, l, n) order by n`;
  expect(rows.map((row) => row.value)).toEqual(values);
});
