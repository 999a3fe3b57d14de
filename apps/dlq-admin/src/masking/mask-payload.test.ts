import fc from "fast-check";
import { expect, test } from "vitest";
import { maskPayload } from "./mask-payload.ts";

const mask = (text: string): string => maskPayload(Buffer.from(text));

test.each([
  [
    '{"user_id":"u-1","age":41,"ok":true,"none":null}',
    '{"user_id":"[string]","age":"[number]","ok":"[boolean]","none":null}',
  ],
  ['{"a":{"b":["x",1,{"c":"d"}]}}', '{"a":{"b":["[string]","[number]",{"c":"[string]"}]}}'],
  [
    '{"jane@hospital.org":1,"Jane Doe":2,"+237 600":3}',
    '{"[name 1]":"[number]","[name 2]":"[number]","[name 3]":"[number]"}',
  ],
  ['{"__proto__":{"a":1}}', '{"__proto__":{"a":"[number]"}}'],
  ["[1,2]", '["[number]","[number]"]'],
  ['"Jane"', '"[string]"'],
  ["{", "[1 bytes that are not JSON]"],
  ["", ""],
])("%s becomes %s", (payload, masked) => {
  expect(mask(payload)).toBe(masked);
});

test("whatever the payload, no value of it is left, and the answer stays small", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const marked = JSON.stringify({ wrapped: JSON.parse(text), secret: "CANARY", deep: [{ n: 4711 }] });
      const masked = mask(marked);
      expect(masked).not.toContain("CANARY");
      expect(masked).not.toContain("4711");
      expect(masked.length).toBeLessThan(200_000);
    }),
  );
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`f${n}`, n]));
  expect(mask(JSON.stringify(wide)).length).toBeLessThan(60_000);
  expect(mask(`${"[".repeat(5_000)}${"]".repeat(5_000)}`)).toContain("[…]");
  expect(mask(JSON.stringify(Array.from({ length: 1_000 }, () => "x")))).toContain("[… 980 more]");
});
