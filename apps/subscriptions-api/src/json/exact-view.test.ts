import fc from "fast-check";
import { expect, test } from "vitest";
import { exactView } from "./exact-view.ts";

const rewritten = (text: string): string => JSON.stringify(exactView(Buffer.from(text)));

test.each([
  '{"n":9007199254740993}',
  '{"n":[1.0,1e400,-0,0.1000]}',
  "12345678901234567890",
  '"\\u0000"',
  "null",
])("%s is shown as it was written", (text) => {
  expect(rewritten(text)).toBe(text);
});

test("any JSON value comes through unchanged", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(rewritten(JSON.stringify(value))).toBe(JSON.stringify(value));
    }),
  );
});
