import { expect, test } from "vitest";
import { CliError } from "../exit-codes.ts";
import { withData } from "./parse-data.ts";

test.each<[string[], object]>([
  [["a=1"], { a: 1, nested: { x: 1, list: [{ n: 1 }] } }],
  [["nested.x=two"], { a: 0, nested: { x: "two", list: [{ n: 1 }] } }],
  [["nested.list.0.n=[2]"], { a: 0, nested: { x: 1, list: [{ n: [2] }] } }],
  [["new.deep=true"], { a: 0, nested: { x: 1, list: [{ n: 1 }] }, new: { deep: true } }],
  [['{"nested": {"y": null}}', "a=a=b"], { a: "a=b", nested: { x: 1, list: [{ n: 1 }], y: null } }],
  [['a="1"'], { a: "1", nested: { x: 1, list: [{ n: 1 }] } }],
])("%j changes what it names and leaves the rest", (given, expected) => {
  const base = { a: 0, nested: { x: 1, list: [{ n: 1 }] } };
  expect(withData(base, given)).toEqual(expected);
  expect(base.a).toBe(0);
});

test.each([["novalue"], ["=1"], ["{broken"], ["[1]"], ["__proto__.polluted=1"], ["a.constructor.x=1"]])(
  "%s is refused",
  (given) => {
    expect(() => withData({}, [given])).toThrow(CliError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
);

test("a JSON object cannot reach what all objects share", () => {
  withData({ a: {} }, ['{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("an error names the option that was given", () => {
  expect(() => withData({}, ["status"], "--filter")).toThrow("--filter takes a JSON object or path=value");
  expect(() => withData({}, ["a..b=1"], "--filter")).toThrow(/^--filter a\.\.b/);
});
