import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rawItems, rawMember } from "./raw-json.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");
const member = (text: string, name = "data"): string | undefined =>
  rawMember(bytes(text), name)?.toString("utf8");

/** Any space JSON allows, so that values do not stand where JSON.stringify would put them. */
const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\r"), maxLength: 3 });
const value = fc.jsonValue().map((json) => JSON.stringify(json));
const name = fc.oneof(fc.constantFrom("data", "datax", "", '"', "\\", "é"), fc.string());

/** The same name written with every character escaped. */
const escaped = (text: string): string =>
  `"${[...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")}"`;

const writtenName = fc.tuple(name, fc.boolean()).map(([text, isEscaped]) => ({
  text,
  written: isEscaped ? escaped(text) : JSON.stringify(text),
}));

const writtenMember = fc.record({ name: writtenName, value, spaces: fc.tuple(space, space, space, space) });

describe("rawMember", () => {
  test("finds the exact bytes of the last member of that name, wherever it stands and however it is spaced", () => {
    fc.assert(
      fc.property(fc.array(writtenMember, { maxLength: 8 }), space, (members, around) => {
        const inner = members.map(
          ({ name: { written }, value: text, spaces: [a, b, c, d] }) => `${a}${written}${b}:${c}${text}${d}`,
        );
        const json = `${around}{${inner.length === 0 ? around : inner.join(",")}}${around}`;
        const expected = members.filter((m) => m.name.text === "data").at(-1)?.value;
        expect(member(json)).toBe(expected);
      }),
    );
  });

  test("finds what JSON.parse finds", () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), fc.integer({ min: 0, max: 4 }), (object, indent) => {
        const json = JSON.stringify(object, null, indent);
        const own = Object.hasOwn(object, "data") ? JSON.parse(json).data : undefined;
        const found = member(json);
        expect(found === undefined ? undefined : JSON.parse(found)).toEqual(own);
      }),
    );
  });

  test.each([
    ["numbers past 2^53", '{"n":9007199254740993}'],
    ["numbers as they were written", '{"n":1.0,"m":1e2,"z":-0}'],
    ["duplicate keys", '{"a":1,"a":2}'],
    ["NUL escapes", '{"a":"\\u0000"}'],
    ["lone surrogate escapes", '{"a":"\\ud800"}'],
    ["space inside", '{ "a" : [ 1 , 2 ] }'],
    ["brackets and quotes inside strings", '{"a":"}]{[\\"\\\\"}'],
    ["characters outside ASCII", '{"é":"\u{1F600}"}'],
  ])("keeps %s byte for byte", (_what, data) => {
    expect(member(`{"type":"a.b", "data" :\n${data} ,"id":"x"}`)).toBe(data);
  });

  test("does not look inside other members", () => {
    expect(member('{"a":{"data":1},"b":["data",{"data":2}],"c":"\\"data\\":3"}')).toBeUndefined();
  });
});

describe("rawItems", () => {
  test("splits an array into the exact bytes of its items", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(space, value, space), { maxLength: 8 }), space, (items, around) => {
        const inner = items.map(([before, text, after]) => before + text + after).join(",");
        const json = bytes(`${around}[${items.length === 0 ? around : inner}]${around}`);
        expect(rawItems(json).map(String)).toEqual(items.map(([, text]) => text));
      }),
    );
  });
});
