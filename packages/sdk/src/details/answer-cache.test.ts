import fc from "fast-check";
import { expect, test } from "vitest";
import { createAnswerCache } from "./answer-cache.ts";

test("a cache holds what was used last, and never more than its limits", () => {
  const step = fc.record({ key: fc.nat(8).map(String), size: fc.nat(40), set: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.nat(5),
      fc.nat(90),
      (steps, entriesMax, charactersMax) => {
        const cache = createAnswerCache({ entriesMax, charactersMax });
        for (const { key, size, set } of steps) {
          if (set) cache.set(key, { etag: `"${size}"`, text: "x".repeat(size) });
          else cache.delete(key);
          const held = Array.from({ length: 9 }, (_, n) => cache.get(String(n))).filter(
            (answer) => answer !== undefined,
          );
          expect(held.length).toBeLessThanOrEqual(entriesMax);
          expect(held.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(charactersMax);
          if (set && entriesMax > 0 && size <= charactersMax) expect(cache.get(key)?.etag).toBe(`"${size}"`);
        }
      },
    ),
  );
});

test("the one used longest ago goes first", () => {
  const cache = createAnswerCache({ entriesMax: 2, charactersMax: 100 });
  for (const key of ["a", "b"]) cache.set(key, { etag: key, text: key });
  cache.get("a");
  cache.set("c", { etag: "c", text: "c" });
  expect([cache.get("a"), cache.get("b"), cache.get("c")].map((answer) => answer?.etag)).toEqual([
    "a",
    undefined,
    "c",
  ]);
});
