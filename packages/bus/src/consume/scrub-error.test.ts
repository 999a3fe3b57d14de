import fc from "fast-check";
import { expect, test } from "vitest";
import { scrubError } from "./scrub-error.ts";

const payload = { user: { name: "Sarah Chen", born: 19800131 }, tags: ["asthma"] };

test.each([
  [new TypeError("no doctor Sarah Chen"), "TypeError: no doctor […]"],
  [new Error("asthma of 19800131"), "Error: […] of […]"],
  [new Error('invalid input syntax for type uuid: "u-1"'), "Error: invalid input syntax for type uuid: […]"],
  [new Error("mail to someone.else@example.org bounced"), "Error: mail to […] bounced"],
  [new Error("card 4242 4242 4242 4242 refused"), "Error: card […] refused"],
  [Object.assign(new Error("boom"), { code: "23505" }), "Error 23505: boom"],
  [Object.assign(new Error("boom"), { code: "Sarah Chen" }), "Error: boom"],
  [new Error("x".repeat(5_000)), "Error: (the message is too long to keep)"],
  ["a thrown string", "Error: something that is not an Error was thrown"],
  [undefined, "Error: something that is not an Error was thrown"],
])("%o becomes %j", (error, expected) => {
  expect(scrubError(error, payload)).toBe(expected);
});

test("no value of the payload survives in the text, which stays short", () => {
  const leaf = fc.string({ minLength: 3, maxLength: 40 }).filter((text) => !"[…] Error: ".includes(text));
  fc.assert(
    fc.property(leaf, fc.string(), fc.string(), (value, before, after) => {
      const text = scrubError(new Error(`${before}${value}${after}`), { deep: [{ value }] });
      expect(text.slice("Error: ".length).replaceAll("[…]", "\u{F0000}")).not.toContain(value);
      expect(text.length).toBeLessThanOrEqual(300);
    }),
  );
});

test.each<[string, object]>([
  ["its 10,001st value", { values: [...Array.from({ length: 10_000 }, (_, n) => `value ${n}`), "Sarah"] }],
  ["a value 40 levels deep", JSON.parse(`${'{"in":'.repeat(40)}"Sarah"${"}".repeat(40)}`)],
])("a message that may repeat %s is dropped rather than kept with it", (_what, large) => {
  expect(scrubError(new Error("no doctor Sarah"), large)).toBe(
    "Error: (the payload is too large to clear the message of it)",
  );
});
