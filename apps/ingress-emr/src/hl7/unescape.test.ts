import { Hl7Context } from "@medplum/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unescapeText } from "./unescape.ts";

const context = new Hl7Context();

test.each([
  ["no escapes at all", "no escapes at all"],
  ["a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"],
  ["one\\.br\\two", "one\ntwo"],
  ["\\H\\loud\\N\\ and soft", "loud and soft"],
  ["\\XC3A9\\t\\XC3A9\\", "été"],
  ["\\X00\\\\X0D\\x", "x"],
  ["\\Q\\ is none of HL7's", "\\Q\\ is none of HL7's"],
  ["ends with \\", "ends with \\"],
  ["a \\ in words, \\T\\", "a \\ in words, \\T\\"],
  [`\\${"x".repeat(100)}\\T\\`, `\\${"x".repeat(100)}&`],
])("%j reads %j", (escaped, plain) => {
  expect(unescapeText(escaped, context)).toBe(plain);
});

test("text without the escape character stays what it is, and none makes it throw or grow without bound", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const read = unescapeText(text, context);
      expect(read.length).toBeLessThanOrEqual(text.length);
      if (!text.includes("\\")) expect(read).toBe(text);
    }),
  );
});

test("escapes of another message's separators are its own", () => {
  expect(unescapeText("a!F!b", new Hl7Context("\r", "*", "^", "~", "!", "&"))).toBe("a*b");
});
