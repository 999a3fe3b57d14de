import fc from "fast-check";
import { expect, test } from "vitest";
import { exceedsDepth, jsonDepthMax, parseBody } from "./parse-body.ts";

const nested = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

test.each([
  ["empty", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["a string", '"x"'],
  ["cut off", '{"a":'],
  ["with a byte order mark", "\ufeff{}"],
  ["with __proto__", '{"a":{"__proto__":{"admin":true}}}'],
  ["with an escaped __proto__", '{"__\\u0070roto__":{}}'],
  ["with constructor.prototype", '{"constructor":{"prototype":{}}}'],
  ["with __proto__ inside a list", '{"a":[1,{"__proto__":1}]}'],
  ["65 levels deep", nested(65)],
  ["100,000 levels deep", nested(100_000)],
])("a body that is %s is refused with a reason that does not quote it", (_name, text) => {
  const parsed = parseBody(Buffer.from(text));
  expect(parsed).toEqual({ ok: false, reason: expect.stringMatching(/^the (body|JSON) [^{}]*$/) });
});

test.each([
  ["64 levels deep", nested(64)],
  ["braces inside strings", `{"a":"${"{[".repeat(200)}"}`],
  ["escaped quotes and braces", '{"a":"\\"{[\\\\"}'],
  ["the word __proto__ as a value", '{"a":"__proto__","b":"constructor"}'],
  [
    "a NUL escape, a lone surrogate, duplicate keys, a number past 2^53",
    '{"a":"\\u0000\\ud800","n":9007199254740993,"n":1}',
  ],
])("a body with %s is accepted", (_name, text) => {
  expect(parseBody(Buffer.from(text))).toMatchObject({ ok: true });
});

test("the depth of any JSON value is judged as its structure says", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 7 }), (value, depthMax) => {
      expect(exceedsDepth(Buffer.from(JSON.stringify(value)), depthMax)).toBe(depthOf(value) > depthMax);
    }),
  );
});

test("a depth bomb of a megabyte is refused in milliseconds", () => {
  const bomb = Buffer.from("[".repeat(1_000_000));
  const tookMs = Array.from({ length: 10 }, () => {
    const startedAt = performance.now();
    expect(exceedsDepth(bomb, jsonDepthMax)).toBe(true);
    return performance.now() - startedAt;
  });
  // Of several, since the machine may have been busy with something else.
  expect(Math.min(...tookMs)).toBeLessThan(20);
});
