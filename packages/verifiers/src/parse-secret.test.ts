import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { generateEd25519Secrets, generateHmacSecret } from "./generate-secret.ts";
import { parseSigningSecret, parseStripeSecret, parseVerifyingSecret } from "./parse-secret.ts";

const base64 = (byteCount: number) => Buffer.alloc(byteCount, 9).toString("base64");
const pair = generateEd25519Secrets(randomBytes);
const otherPair = generateEd25519Secrets(randomBytes);
const mixedHalves = Buffer.concat([
  Buffer.from(pair.signing.slice(5), "base64").subarray(0, 32),
  Buffer.from(otherPair.signing.slice(5), "base64").subarray(32),
]).toString("base64");

test.each([
  ["an empty text", "", "empty"],
  ["a trailing line break", `whsec_${base64(32)}\n`, "whitespace"],
  ["a space inside", `whsec_ ${base64(32)}`, "whitespace"],
  ["no prefix", base64(32), "prefix_unknown"],
  ["the public half of a pair", pair.verifying, "prefix_unknown"],
  ["23 bytes", `whsec_${base64(23)}`, "length"],
  ["65 bytes", `whsec_${base64(65)}`, "length"],
  ["nothing after the prefix", "whsec_", "length"],
  ["text that is not base64", `whsec_${"!".repeat(40)}`, "encoding"],
  ["base64 with a foreign character inside", `whsec_${base64(32).replace("C", "*")}`, "encoding"],
  ["a private key without its public half", `whsk_${base64(32)}`, "length"],
  ["halves of two different pairs", `whsk_${mixedHalves}`, "halves_differ"],
])("a secret to sign with is refused for %s", (_name, text, code) => {
  expect(parseSigningSecret(text)).toMatchObject({ ok: false, code });
});

test.each([24, 32, 64])("a shared secret may hold %i bytes, padded or not", (byteCount) => {
  const text = `whsec_${base64(byteCount)}`;
  expect(parseSigningSecret(text)).toMatchObject({ ok: true, key: { algorithm: "hmac-sha256" } });
  expect(parseVerifyingSecret(text.replace(/=+$/, "")).ok).toBe(true);
});

test("generated secrets are read back, each by the side it is for", () => {
  expect(parseSigningSecret(generateHmacSecret(randomBytes)).ok).toBe(true);
  expect(parseSigningSecret(pair.signing)).toMatchObject({ ok: true, key: { algorithm: "ed25519" } });
  expect(parseVerifyingSecret(pair.verifying)).toMatchObject({ ok: true, key: { algorithm: "ed25519" } });
  expect(parseVerifyingSecret(pair.signing).ok).toBe(true);
  expect(parseVerifyingSecret(`whpk_${base64(31)}`)).toMatchObject({ ok: false, code: "length" });
  expect(parseVerifyingSecret("whpk_???")).toMatchObject({ ok: false, code: "encoding" });
});

test("a Stripe secret is any text without white space", () => {
  expect(parseStripeSecret("whsec_test_stripe_secret").ok).toBe(true);
  expect(parseStripeSecret("")).toMatchObject({ ok: false, code: "empty" });
  expect(parseStripeSecret("whsec_test\n")).toMatchObject({ ok: false, code: "whitespace" });
});
