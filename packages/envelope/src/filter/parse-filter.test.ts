import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesFilter } from "./matches-filter.ts";
import { parseFilter } from "./parse-filter.ts";

const errorsOf = (json: unknown) => {
  const parsed = parseFilter(json);
  return parsed.ok ? [] : parsed.errors;
};
const nested = (depth: number): object => (depth === 0 ? { a: 1 } : { $not: nested(depth - 1) });
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));
const texts = (count: number) => Array.from({ length: count }, (_, i) => `${i}`.padEnd(1_024, "x"));

describe("a filter is refused, and told where and why, when it", () => {
  test.each<[string, unknown, string, string]>([
    ["is no object", [], "", "must be an object"],
    ["is null", null, "", "must be an object"],
    ["is empty", {}, "", "must have a condition"],
    ["has an empty branch", { $or: [{ a: 1 }, {}] }, "$or[1]", "must have a condition"],
    ["has an empty list", { $and: [] }, "$and", "must be a list of filters"],
    ["has one filter instead of a list", { $or: { a: 1 } }, "$or", "must be a list of filters"],
    ["uses an unknown operator", { $nor: [{ a: 1 }] }, "$nor", "these do: $and, $or, $not"],
    ["uses a regular expression", { a: { $regex: "^x" } }, "a.$regex", "these are: $eq"],
    ["negates inside a field", { a: { $not: { $gt: 1 } } }, "a.$not", "these are: $eq"],
    ["compares with an object", { a: { b: 1 } }, "a.b", "these are: $eq"],
    ["compares with a list", { a: [1, 2] }, "a", "for several values use $in"],
    ["says nothing about a field", { a: {} }, "a", "must be a value or an object of operators"],
    ["orders booleans", { a: { $gt: true } }, "a.$gt", "must be a number or text"],
    ["has an $in without values", { a: { $in: [] } }, "a.$in", "1 to 100 values"],
    ["has an $in with too many", { a: { $in: Array(101).fill(1) } }, "a.$in", "1 to 100 values"],
    ["has a list inside an $in", { a: { $nin: [[1]] } }, "a.$nin", "must be text, a number"],
    ["asks $exists for a number", { a: { $exists: 1 } }, "a.$exists", "true or false"],
    ["names nothing", { "": 1 }, "", "must be names with dots"],
    ["has a hole in a path", { "a..b": 1 }, "a..b", "must be names with dots"],
    ["has too long a path", { "a.b.c.d.e.f.g.h.i.j.k": 1 }, "a.b.c.d.e.f.g.h.i.j.k", "more than 10 names"],
    ["reaches for the prototype", { "a.__proto__.b": 1 }, "a.__proto__.b", "__proto__"],
    ["holds what cannot be stored", { a: "x\u0000" }, "a", "NUL"],
    ["holds half a character", { "a\ud800": 1 }, "a\ud800", "lone surrogates"],
    ["holds a long text", { a: "x".repeat(1_025) }, "a", "1024 characters"],
    ["holds a number that has neighbours", { a: 2 ** 53 }, "a", "2^53"],
    ["bounds by such a number", { $not: { a: { $lt: -(2 ** 53) } } }, "$not.a.$lt", "2^53"],
    ["nests too deep", nested(6), "$not.$not.$not.$not.$not.$not", "more than 5 deep"],
    ["has too many fields", fields(51), "", "more than 50 conditions"],
    ["has too many branches", { $or: Array(51).fill({ a: 1 }) }, "$or", "more than 50 conditions"],
    ["is too long in all", { a: { $in: texts(17) } }, "", "more than 16384 characters"],
    ["has too many in all", { $or: [fields(26), fields(25)] }, "", "more than 50 conditions"],
  ])("%s", (_name, json, path, message) => {
    expect(errorsOf(json)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });
});

test("all that is wrong is said at once, up to twenty errors", () => {
  expect(errorsOf({ a: [], $x: 1, b: { $gt: null } }).map(({ path }) => path)).toEqual(["a", "$x", "b.$gt"]);
  expect(errorsOf({ $or: Array(40).fill({}) })).toHaveLength(20);
});

test("a filter at its limits is accepted", () => {
  for (const json of [nested(5), fields(50), { $or: [fields(25), fields(25)] }, { a: 2 ** 53 - 1 }]) {
    expect(errorsOf(json)).toEqual([]);
  }
});

const operator = fc.constantFrom(
  "$eq",
  "$ne",
  "$gt",
  "$in",
  "$nin",
  "$exists",
  "$and",
  "$or",
  "$not",
  "a",
  "__proto__",
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.jsonValue(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(operator, tie("value")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

test("parsing and matching end with a verdict, whatever filter and payload they are given", () => {
  fc.assert(
    fc.property(anything, anything, (json, payload) => {
      const parsed = parseFilter(json);
      if (parsed.ok) expect(typeof matchesFilter(parsed.filter, payload)).toBe("boolean");
      else expect(parsed.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});
