import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatsKey } from "./repeats-key.ts";

const judge = (json: string) => repeatsKey(Buffer.from(json), JSON.parse(json));

test.each([
  ["at the top", '{"a":1,"b":2,"a":1}'],
  ["further down", '{"a":[{"b":{"c":1,"c":2}}]}'],
  ["written with an escape", '{"a":1,"\\u0061":2}'],
  ["the empty one", '{"":1,"":2}'],
  ["whose first value is an object", '{"a":{"b":1},"a":{}}'],
])("a repeated key is found: %s", (_where, json) => {
  expect(judge(json)).toBe(true);
});

test.each([
  ["the same key in two objects", '[{"a":1},{"a":{"a":2}}]'],
  ["colons, quotes and braces in strings", '{"a:b":"\\"c\\": {\\\\","d":":"}'],
  ["none at all", "[]"],
])("is no repeated key: %s", (_what, json) => {
  expect(judge(json)).toBe(false);
});

test("no value repeats a key as it is written, and each object does once a member is written twice", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, n) => {
      const json = JSON.stringify(value);
      expect(judge(json)).toBe(false);
      const keys = Object.keys(value);
      const again = JSON.stringify(keys[n % keys.length]);
      expect(judge(`${json.slice(0, -1)},${again}:null}`)).toBe(true);
    }),
  );
});
