import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldsMax, readFields } from "./read-fields.ts";

test.each<[string, Record<string, unknown>, Record<string, string>]>([
  ["flat", { email: "a@b.example", age: 7, ok: true }, { email: "a@b.example", age: "7", ok: "true" }],
  [
    "in other spellings",
    { "First Name": "Sam", "last-name": "Doe", workEmail: "x" },
    { first_name: "Sam", last_name: "Doe", work_email: "x" },
  ],
  ["wrapped", { type: "lead", data: { fields: { email: "a" } } }, { type: "lead", email: "a" }],
  ["nested", { utm: { source: "ad", tags: ["a", "b"] } }, { utm_source: "ad", utm_tags: "a, b" }],
  ["given twice", { email: "first", data: { email: "second" } }, { email: "first" }],
  ["null or too deep", { a: null, b: { c: { d: { e: { f: 1 } } } }, g: [] }, {}],
  ["with what no database takes", { name: " a\0b\ud800 " }, { name: "ab\ufffd" }],
  ["without a name", { "": "x", __: "y", _gotcha: "z" }, { gotcha: "z" }],
])("fields that are %s are found", (_name, body, fields) => {
  expect(readFields(body)).toEqual(fields);
});

test("too many fields are refused", () => {
  const body = Object.fromEntries(Array.from({ length: fieldsMax + 1 }, (_, n) => [`f${n}`, "x"]));
  expect(readFields(body)).toBeNull();
});

test("whatever comes, names and values are plain text", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
      for (const [name, value] of Object.entries(readFields(body as Record<string, unknown>) ?? {})) {
        expect(name).toMatch(/^[a-z0-9_]{1,100}$/);
        expect(value.isWellFormed() && !value.includes("\0")).toBe(true);
      }
    }),
  );
});
