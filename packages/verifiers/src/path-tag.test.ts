import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBodySecret } from "./body-signature.ts";
import { signPathTag, verifyPathTag } from "./path-tag.ts";
import type { HmacKey } from "./signing-key.ts";
import { mutations } from "./testing/mutations.ts";

function keyOf(text: string): HmacKey {
  const parsed = parseBodySecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const key = keyOf("path-tag-secret-0123456789abcdef");
const parts = ["orange-money", "order_1001"];
const tag = signPathTag(key, parts);

test("a tag is 22 characters that need no escaping, and proves its parts, under any of the secrets", () => {
  expect(tag).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(verifyPathTag([key], parts, tag)).toEqual({ ok: true, matchedSecretIndex: 0 });
  expect(verifyPathTag([keyOf("the-newer-secret-0123456789abcdef"), key], parts, tag)).toEqual({
    ok: true,
    matchedSecretIndex: 1,
  });
});

test.each<[string, readonly string[], string]>([
  ["of another order", ["orange-money", "order_1002"], tag],
  ["of another provider", ["mtn-momo", "order_1001"], tag],
  ["whose parts were cut elsewhere", ["orange-money\norder_1001"], tag],
  ["of another secret", parts, signPathTag(keyOf("another-secret-0123456789abcdefgh"), parts)],
  ["cut short", parts, tag.slice(0, -1)],
  ["with a letter more", parts, `${tag}A`],
  ["with a line break", parts, `${tag}\n`],
  ["in hex", parts, Buffer.from(tag, "base64url").toString("hex")],
  ["that is empty", parts, ""],
])("refuses a tag %s", (_name, given, text) => {
  expect(verifyPathTag([key], given, text).ok).toBe(false);
});

test("no changed tag and no other text is accepted, and nothing throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), mutations(Buffer.from(tag)).map(String)), (text) => {
      fc.pre(text !== tag);
      expect(verifyPathTag([key], parts, text).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});
