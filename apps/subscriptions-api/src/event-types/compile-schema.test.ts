import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileSchema } from "./compile-schema.ts";
import { keywordKinds } from "./schema-keywords.ts";

type Schema = Record<string, unknown>;

function checker(schema: Schema) {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return (payload: unknown) => compiled.schema.check(payload, JSON.stringify(payload).length, "data");
}

const mistakesOf = (schema: Schema) => {
  const compiled = compileSchema(schema);
  return compiled.ok ? [] : compiled.errors;
};

describe("a schema", () => {
  const encounter = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["id", "patient"],
    properties: {
      id: { type: "string", pattern: "^enc-[0-9]{1,8}$" },
      patient: { $ref: "#/$defs/person" },
      started_at: { type: "string", format: "date-time" },
      codes: { type: "array", items: { type: "string", maxLength: 8 }, maxItems: 100, uniqueItems: true },
    },
    $defs: { person: { type: "object", required: ["id"], properties: { id: { type: "string" } } } },
    additionalProperties: false,
    "x-owner": "records team",
  };

  test("accepts what it describes", () => {
    const payload = {
      id: "enc-12",
      patient: { id: "p" },
      started_at: "2026-01-04T22:30:00Z",
      codes: ["J45"],
    };
    expect(checker(encounter)(payload)).toEqual({ outcome: "valid" });
  });

  test.each([
    ["a missing field", { id: "enc-1" }, "data.patient", "required"],
    ["a missing field further in", { id: "enc-1", patient: {} }, "data.patient.id", "required"],
    ["a wrong type", { id: 1, patient: { id: "p" } }, "data.id", "type"],
    ["a pattern that does not match", { id: "x", patient: { id: "p" } }, "data.id", "pattern"],
    ["a format", { id: "enc-1", patient: { id: "p" }, started_at: "yesterday" }, "data.started_at", "format"],
    ["an item", { id: "enc-1", patient: { id: "p" }, codes: ["a", 1] }, "data.codes.1", "type"],
    ["items twice", { id: "enc-1", patient: { id: "p" }, codes: ["a", "a"] }, "data.codes", "uniqueItems"],
    ["an unknown field", { id: "enc-1", patient: { id: "p" }, b: 1 }, "data.b", "additionalProperties"],
  ])("says where %s is", (_what, payload, path, code) => {
    expect(checker(encounter)(payload)).toMatchObject({ outcome: "invalid", errors: [{ path, code }] });
  });

  test("never repeats a value", () => {
    const check = checker({ properties: { a: { enum: ["x"] }, b: { const: 1 } } });
    expect(JSON.stringify([check({ a: "Jane Doe" }), check({ b: "Jane Doe" })])).not.toContain("Jane");
  });

  test("of every kind of keyword means what the standard says", () => {
    const check = checker({
      dependentRequired: { a: ["b"] },
      patternProperties: { "^n_": { type: "number" } },
      propertyNames: { maxLength: 5 },
      if: { required: ["kind"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ["size"] },
      anyOf: [{ not: { required: ["z"] } }, { required: ["y"] }],
    });
    expect(check({ a: 1, b: 2, n_1: 3 }).outcome).toBe("valid");
    for (const wrong of [{ a: 1 }, { n_1: "3" }, { longer: 1 }, { kind: 1 }, { z: 1 }]) {
      expect(check(wrong).outcome, JSON.stringify(wrong)).toBe("invalid");
    }
  });

  test("matches characters written as \\u escapes", () => {
    const check = checker({ properties: { a: { pattern: "^[\\u0041-\\u005A]\\u{42}$" } } });
    expect([check({ a: "AB" }).outcome, check({ a: "aB" }).outcome]).toEqual(["valid", "invalid"]);
  });
});

describe("what a schema may not do", () => {
  const deep = (levels: number): Schema => (levels === 0 ? {} : { properties: { a: deep(levels - 1) } });
  const doubling = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [
      `d${n}`,
      { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]),
  );

  test.each<[string, Schema, string]>([
    ["refer to another document", { $ref: "https://example.com/s.json" }, "schema.$ref"],
    ["refer to a file", { properties: { a: { $ref: "file:///etc/passwd" } } }, "schema.properties.a.$ref"],
    ["refer to what is not there", { $ref: "#/$defs/none" }, "schema.$ref"],
    ["refer to itself", { $ref: "#" }, "schema.$ref"],
    [
      "go round in circles",
      { $defs: { a: { properties: { b: { $ref: "#/$defs/b" } } }, b: { items: { $ref: "#/$defs/a" } } } },
      "schema.$defs.b.items.$ref",
    ],
    ["grow without end when it is followed", { $defs: { ...doubling, d30: {} } }, "schema"],
    ["nest without end", deep(40), `schema${".properties.a".repeat(16)}`],
    ["be large", { enum: Array.from({ length: 2_000 }, (_, n) => n) }, "schema"],
    ["name itself", { $id: "https://example.com/x" }, "schema.$id"],
    ["wait for something", { $async: true }, "schema.$async"],
    ["use keywords nobody knows", { propertys: {} }, "schema.propertys"],
    ["use another dialect", { $schema: "http://json-schema.org/draft-07/schema#" }, "schema.$schema"],
    ["use a format nobody checks", { format: "regex" }, "schema.format"],
    ["compare all items with all others", { uniqueItems: true }, "schema.uniqueItems"],
    ["look ahead", { pattern: "^(?=.*a)" }, "schema.pattern"],
    ["look back", { pattern: "(a)\\1" }, "schema.pattern"],
    ["repeat too often", { pattern: "(a{1,100}){1,10}b" }, "schema.pattern"],
    [
      "repeat too often in a name",
      { patternProperties: { "(a{1,100}){1,10}b": {} } },
      "schema.patternProperties.(a{1,100}){1,10}b",
    ],
    ["have a long pattern", { pattern: "a".repeat(257) }, "schema.pattern"],
    ["have a broken pattern", { pattern: "[" }, "schema.pattern"],
    ["have a type that is none", { type: "strng" }, "schema.type"],
    ["allow nothing at all", { enum: [] }, "schema"],
    ["have a schema that is none", { properties: { a: 1 } }, "schema.properties.a"],
  ])("%s: refused, with its path", (_what, schema, path) => {
    expect(mistakesOf(schema)[0]?.path).toBe(path);
  });

  test.each([
    ["^(a+)+$", "a".repeat(50_000)],
    ["(x+x+)+y", "x".repeat(50_000)],
    ["^([a-z0-9]+)*[A-Z]$", "a".repeat(50_000)],
    ["(.*)(.*)(.*)(.*)[^a]$", "a".repeat(50_000)],
  ])("the pattern %s cannot be made to backtrack", (pattern, text) => {
    const check = checker({ properties: { a: { pattern } } });
    const before = process.cpuUsage();
    expect(["valid", "invalid"]).toContain(check({ a: text }).outcome);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
  });

  test("a heavy schema and a large payload together are refused before they are tried", () => {
    const check = checker({
      additionalProperties: { anyOf: Array.from({ length: 400 }, (_, n) => ({ const: n })) },
    });
    const payload = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 399]));
    expect(check(payload)).toEqual({ outcome: "too_costly" });
    expect(check({ a: 399 })).toEqual({ outcome: "valid" });
  });

  const keyword = fc.constantFrom(...keywordKinds.keys(), "$ref", "$defs", "format", "uniqueItems", "x-a");
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<fc.JsonValue>("#/$defs/a", { a: {} }, [{}], ["a"], { a: ["b"] }, { "^a": {} }, 1, true),
  );

  test("whatever is given as a schema and a payload, the answer is an outcome", () => {
    let compiledOnes = 0;
    fc.assert(
      fc.property(fc.dictionary(keyword, value, { maxKeys: 3 }), fc.jsonValue(), (schema, payload) => {
        const compiled = compileSchema(schema);
        if (!compiled.ok) expect(compiled.errors.length).toBeGreaterThan(0);
        else compiledOnes += compiled.schema.check(payload, 10, "data").outcome === "too_costly" ? 0 : 1;
      }),
      { numRuns: 1_000 },
    );
    expect(compiledOnes).toBeGreaterThan(50);
  });
});
