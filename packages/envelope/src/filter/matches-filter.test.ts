import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesFilter } from "./matches-filter.ts";
import { parseFilter } from "./parse-filter.ts";

function matches(json: unknown, payload: unknown): boolean {
  const parsed = parseFilter(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return matchesFilter(parsed.filter, payload);
}

const order = {
  amount: 100,
  paid: true,
  note: null,
  placed_at: "2026-03-01T10:00:00Z",
  customer: { region: "US-TX", tags: ["vip", "new"] },
  items: [
    { sku: "a", quantity: 1 },
    { sku: "b", quantity: 5, sizes: [[1, 2], [3]] },
  ],
  empty: [],
};

describe("of an order for 100", () => {
  test.each<[object, boolean]>([
    [{ amount: 100 }, true],
    [{ amount: "100" }, false],
    [{ amount: { $eq: 100 } }, true],
    [{ amount: { $ne: 100 } }, false],
    [{ amount: { $ne: "100" } }, true],
    [{ amount: { $gt: 100 } }, false],
    [{ amount: { $gte: 100 } }, true],
    [{ amount: { $lt: 100 } }, false],
    [{ amount: { $lte: 100 } }, true],
    [{ amount: { $gt: 99, $lt: 101 } }, true],
    [{ amount: { $gt: 99, $lt: 100 } }, false],
    [{ amount: { $gt: "99" } }, false],
    [{ amount: { $in: [1, 100] } }, true],
    [{ amount: { $nin: [1, 100] } }, false],
    [{ paid: true }, true],
    [{ paid: { $ne: true } }, false],
    [{ note: null }, true],
    [{ note: { $exists: true } }, true],
    [{ missing: null }, false],
    [{ missing: { $exists: false } }, true],
    [{ missing: { $ne: 1 } }, true],
    [{ missing: { $nin: [1] } }, true],
    [{ missing: { $lt: 1 } }, false],
    [{ placed_at: { $gte: "2026-03-01", $lt: "2026-03-02" } }, true],
    [{ "customer.region": "US-TX" }, true],
    [{ "customer.region.code": "US-TX" }, false],
    [{ customer: { $exists: true } }, true],
    [{ customer: null }, false],
    [{ "customer.tags": "new" }, true],
    [{ "customer.tags": { $ne: "new" } }, false],
    [{ "customer.tags": { $nin: ["old"] } }, true],
    [{ "customer.tags.length": 2 }, false],
    [{ "customer.tags.0": "vip" }, false],
    [{ "items.sku": "b" }, true],
    [{ "items.quantity": { $gt: 4 } }, true],
    [{ "items.sizes": 3 }, true],
    [{ empty: { $exists: true } }, true],
    [{ "empty.name": { $exists: true } }, false],
    [{ constructor: { $exists: true } }, false],
    [{ "customer.toString": { $exists: true } }, false],
    [{ amount: 100, paid: false }, false],
    [{ $or: [{ amount: 1 }, { paid: true }] }, true],
    [{ $or: [{ amount: 1 }, { paid: false }] }, false],
    [{ $and: [{ amount: 100 }, { $or: [{ paid: true }] }] }, true],
    [{ $not: { amount: 100, paid: false } }, true],
    [{ $not: { $or: [{ amount: 100 }] } }, false],
  ])("%j: %s", (filter, expected) => {
    expect(matches(filter, order)).toBe(expected);
  });
});

test("names that objects inherit are found when a payload really has them", () => {
  expect(matches({ "constructor.prototype": 1 }, JSON.parse('{"constructor": {"prototype": 1}}'))).toBe(true);
  expect(matches({ a: 1 }, JSON.parse('{"__proto__": {"a": 1}}'))).toBe(false);
});

test("numbers beyond 2^53 compare right with any bound a filter may have", () => {
  const payload = JSON.parse('{"id": 9007199254740993, "huge": 1e999}');
  expect(matches({ id: { $gt: 2 ** 53 - 1 } }, payload)).toBe(true);
  expect(matches({ id: 2 ** 53 - 1 }, payload)).toBe(false);
  expect(matches({ huge: { $gt: 0 } }, payload)).toBe(true);
});

test("a payload nested a hundred thousand deep is looked through", () => {
  const deep = (opening: string, closing: string, inner: string) =>
    JSON.parse(opening.repeat(100_000) + inner + closing.repeat(100_000));
  expect(matches({ a: 1 }, deep("[", "]", '{"a": 1}'))).toBe(true);
  expect(matches({ "a.a": { $gt: 1 } }, deep('{"a":', "}", "1"))).toBe(false);
});

test.each([undefined, null, 1, "text", true, []])("a payload that is %j has no fields", (payload) => {
  expect(matches({ a: { $exists: true } }, payload)).toBe(false);
});

// ─── against a second, naive implementation ─────────────────────────────────────────────────────────────────
type Conditions = Record<string, unknown>;

function valuesAt(value: unknown, path: string[]): unknown[] {
  const [name, ...rest] = path;
  const own = name === undefined ? [value] : [];
  if (Array.isArray(value)) return [...own, ...value.flatMap((element) => valuesAt(element, path))];
  if (name === undefined) return own;
  const entry = Object.entries(value ?? {}).find(([key]) => typeof value === "object" && key === name);
  return entry ? valuesAt(entry[1], rest) : [];
}

function holds(operator: string, operand: unknown, values: unknown[]): boolean {
  const bound = operand as number;
  const alike = values.filter((value) => typeof value === typeof operand) as number[];
  switch (operator) {
    case "$eq":
      return values.some((value) => value === operand);
    case "$ne":
      return !values.some((value) => value === operand);
    case "$in":
      return (operand as unknown[]).some((one) => values.some((value) => value === one));
    case "$nin":
      return !(operand as unknown[]).some((one) => values.some((value) => value === one));
    case "$gt":
      return alike.some((value) => value > bound);
    case "$gte":
      return alike.some((value) => value > bound || value === bound);
    case "$lt":
      return alike.some((value) => value < bound);
    case "$lte":
      return alike.some((value) => value < bound || value === bound);
    default:
      return operand === values.length > 0;
  }
}

function naive(filter: Conditions, payload: unknown): boolean {
  return Object.entries(filter).every(([key, value]) => {
    if (key === "$and") return (value as Conditions[]).every((one) => naive(one, payload));
    if (key === "$or") return (value as Conditions[]).some((one) => naive(one, payload));
    if (key === "$not") return !naive(value as Conditions, payload);
    const values = valuesAt(payload, key.split("."));
    if (typeof value !== "object" || value === null) return holds("$eq", value, values);
    return Object.entries(value).every(([operator, operand]) => holds(operator, operand, values));
  });
}

const scalar = fc.constantFrom<unknown[]>(null, true, false, 0, 1, 2, "", "1", "b");
const bound = fc.constantFrom<unknown[]>(0, 1, 2, "", "1", "b");
const name = fc.constantFrom("a", "b", "constructor");
const operators = fc.oneof(
  scalar,
  fc.record(
    { $eq: scalar, $ne: scalar, $exists: fc.boolean(), $gt: bound, $gte: bound },
    { requiredKeys: ["$eq"] },
  ),
  fc.record({ $lt: bound, $lte: bound }, { requiredKeys: ["$lte"] }),
  fc.record({ $in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ $nin: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
);
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("."));
const { filter: filters, payload: payloads } = fc.letrec<{ filter: Conditions; payload: unknown }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.dictionary(path, operators, { minKeys: 1, maxKeys: 3 }),
    fc.record({ $and: fc.array(tie("filter"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $or: fc.array(tie("filter"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $not: tie("filter") }),
  ),
  payload: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie("payload"), { maxLength: 3 }),
    fc.dictionary(name, tie("payload"), { maxKeys: 3 }),
  ),
}));

test("every filter decides as the description of its operators says", () => {
  let matched = 0;
  fc.assert(
    fc.property(filters, payloads, (filter, payload) => {
      const verdict = matches(filter, payload);
      matched += Number(verdict);
      expect(verdict).toBe(naive(filter, payload));
    }),
    { numRuns: 3_000 },
  );
  expect(matched).toBeGreaterThan(300);
  expect(matched).toBeLessThan(2_700);
});
