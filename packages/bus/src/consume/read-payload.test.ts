import { topics } from "@carewire/envelope";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { readPayload } from "./read-payload.ts";

const userCreated = topics.get("cari.auth.user_created")?.schema;
const read = (text: string, schema = userCreated) => readPayload(Buffer.from(text), schema);

test.each([
  ['{"user_id":"u","registration_role":"DOCTOR"}', "schema", "missing field 'email'"],
  ["{}", "schema", "missing field 'user_id', missing field 'email', missing field 'registration_role'"],
  [
    '{"user_id":"u","email":7,"registration_role":"DOCTOR"}',
    "schema",
    "invalid field 'email' (invalid_type)",
  ],
  [
    '{"user_id":"u","email":null,"registration_role":"DOCTOR"}',
    "schema",
    "invalid field 'email' (invalid_type)",
  ],
  ["", "malformed", "payload is not valid JSON"],
  ["{'a':1}", "malformed", "payload is not valid JSON"],
  ["\ufeff{}", "malformed", "payload is not valid JSON"],
  ["[]", "malformed", "payload is not a JSON object"],
  ["null", "malformed", "payload is not a JSON object"],
  ['"text"', "malformed", "payload is not a JSON object"],
])("%j is %s: %s", (text, kind, words) => {
  expect(read(text)).toEqual({ kind, error: `Failed to parse envelope: ${words}` });
});

test("bytes that are not UTF-8 are malformed, not silently replaced", () => {
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(readPayload(bytes, undefined).kind).toBe("malformed");
});

test("nested fields are named by their path, and many issues are cut short", () => {
  const schema = z.looseObject({ establishment: z.looseObject({ id: z.string() }) });
  expect(readPayload(Buffer.from('{"establishment":{}}'), schema)).toMatchObject({
    error: "Failed to parse envelope: missing field 'establishment.id'",
  });
  const wide = z.looseObject(Object.fromEntries([..."abcdefgh"].map((name) => [name, z.string()])));
  expect(readPayload(Buffer.from("{}"), wide)).toMatchObject({
    error: expect.stringMatching(/'e' and 3 more$/),
  });
});

test("any object passes when its topic has no schema, with fields nobody named", () => {
  expect(readPayload(Buffer.from('{"__proto__":1,"a":[2]}'), undefined)).toMatchObject({ kind: "payload" });
});

test("whatever the bytes are, it answers, and quotes none of them", () => {
  fc.assert(
    fc.property(fc.json(), fc.uint8Array(), (json, bytes) => {
      for (const input of [Buffer.from(json), Buffer.from(bytes)]) {
        const answer = readPayload(input, userCreated);
        if (answer.kind !== "payload")
          expect(answer.error).toMatch(/^Failed to parse envelope: [\w\s'.,()]+$/);
      }
    }),
  );
  const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  expect(["payload", "malformed"]).toContain(readPayload(Buffer.from(deep), undefined).kind);
});
