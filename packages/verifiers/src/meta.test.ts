import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseMetaSecret, signMeta, verifyMeta } from "./meta.ts";
import type { HmacKey } from "./signing-key.ts";
import { mutations } from "./testing/mutations.ts";
import type { RefusalCode } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

const secretText = "meta_app_secret_test";
const secret = keyOf(secretText);
// As Meta writes JSON: escapes in lower-case hex, slashes escaped too.
const bodyText = '{"object":"whatsapp_business_account","text":"caf\\u00e9 \\/ \\ud83d\\ude0a","n":1.0}';
const body = Buffer.from(bodyText);
const good = signMeta(secret, body);
const hex = good.slice("sha256=".length);

function keyOf(text: string): HmacKey {
  const parsed = parseMetaSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const verifyWith = (headers: RequestHeaders, rawBody: Uint8Array = body, secrets: HmacKey[] = [secret]) =>
  verifyMeta({ headers, rawBody, secrets });
const verify = (header: string | string[] | undefined, rawBody?: Uint8Array, secrets?: HmacKey[]) =>
  verifyWith({ "x-hub-signature-256": header }, rawBody, secrets);

test("a request signed as Meta signs is accepted", () => {
  expect(verify(good)).toEqual({ ok: true, matchedSecretIndex: 0 });
  expect(good).toBe(`sha256=${createHmac("sha256", secretText).update(bodyText).digest("hex")}`);
});

test.each<[name: string, header: string | string[] | undefined, code: RefusalCode]>([
  ["no header", undefined, "header_missing"],
  ["an empty header", "", "header_missing"],
  ["a header given as a list", [good, good], "header_repeated"],
  ["a header over 8 KiB", good + "0".repeat(8_192), "header_too_long"],
  ["two headers, joined by Node", `${good}, ${good}`, "signature_malformed"],
  ["the digits alone", hex, "signature_unsupported"],
  ["SHA-1", `sha1=${createHmac("sha1", secretText).update(body).digest("hex")}`, "signature_unsupported"],
  [
    "SHA-1 under the name of SHA-256",
    `sha256=${createHmac("sha1", secretText).update(body).digest("hex")}`,
    "signature_malformed",
  ],
  ["an unknown scheme", `sha512=${hex}`, "signature_unsupported"],
  ["the scheme in capitals", `SHA256=${hex}`, "signature_unsupported"],
  ["a space in front", ` ${good}`, "signature_unsupported"],
  ["an empty signature", "sha256=", "signature_malformed"],
  ["a truncated signature", good.slice(0, -2), "signature_malformed"],
  ["a signature that goes on", `${good}00`, "signature_malformed"],
  ["an upper-case signature", `sha256=${hex.toUpperCase()}`, "signature_malformed"],
  ["a signature in base64", `sha256=${Buffer.from(hex, "hex").toString("base64")}`, "signature_malformed"],
  ["a signature that is not ASCII", `sha256=é${hex.slice(1)}`, "signature_malformed"],
  ["a wrong signature", `sha256=${"0".repeat(64)}`, "signature_mismatch"],
])("refuses %s", (_name, header, code) => {
  expect(verify(header)).toEqual({ ok: false, code });
});

test("the SHA-1 header alone does not count", () => {
  const sha1 = createHmac("sha1", secretText).update(body).digest("hex");
  expect(verifyWith({ "x-hub-signature": `sha1=${sha1}` })).toEqual({ ok: false, code: "header_missing" });
});

test("a SHA-1 header beside the right one changes nothing", () => {
  const headers = { "x-hub-signature": "sha1=0", "x-hub-signature-256": good };
  expect(verifyWith(headers)).toMatchObject({ ok: true });
});

test.each<[name: string, rawBody: Uint8Array]>([
  ["one byte changed", Buffer.from(bodyText.replace("1.0", "1.1"))],
  ["white space added", Buffer.from(`${bodyText}\n`)],
  ["its keys in another order", Buffer.from('{"n":1.0,"object":"whatsapp_business_account"}')],
  ["its escapes written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
  ["its slash unescaped", Buffer.from(bodyText.replace("\\/", "/"))],
  ["re-serialised JSON", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
  ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
  ["nothing", new Uint8Array()],
])("refuses a signed request whose body became: %s", (_name, rawBody) => {
  expect(verify(good, rawBody)).toEqual({ ok: false, code: "signature_mismatch" });
});

test.each<[name: string, rawBody: Uint8Array]>([
  ["characters written out", Buffer.from('{"text":"café / 😊"}')],
  ["characters escaped", Buffer.from('{"text":"caf\\u00e9 \\/ \\ud83d\\ude0a"}')],
  ["a byte order mark", Buffer.from('\uFEFF{"text":1}')],
  ["invalid UTF-8", Buffer.from([0x7b, 0xfe, 0x7d])],
])("verifies the bytes as they are: %s", (_name, rawBody) => {
  expect(verify(signMeta(secret, rawBody), rawBody)).toMatchObject({ ok: true });
});

test("refuses invalid UTF-8 swapped for the replacement character, which a string would not notice", () => {
  const signature = signMeta(secret, Buffer.from("\uFFFD"));
  expect(verify(signature, Buffer.from([0xfe]))).toMatchObject({ ok: false });
});

test("refuses a parsed body instead of guessing its bytes", () => {
  expect(verify(good, JSON.parse(bodyText) as Uint8Array)).toEqual({ ok: false, code: "body_not_bytes" });
});

test("accepts either secret while one is changed, and says which", () => {
  expect(verify(good, body, [keyOf("new_secret"), secret])).toEqual({ ok: true, matchedSecretIndex: 1 });
});

test.each([
  ["another app's secret", [keyOf("other_app_secret")]],
  ["a part of the secret", [keyOf(secretText.slice(0, -1))]],
  ["no secret at all", []],
])("refuses everything under %s", (_name, secrets) => {
  expect(verify(good, body, secrets)).toEqual({ ok: false, code: "signature_mismatch" });
});

test.each([
  ["", "empty"],
  [`${secretText}\n`, "whitespace"],
])("%j is no secret", (text, code) => {
  expect(parseMetaSecret(text)).toMatchObject({ ok: false, code });
});

test("random headers and bodies never throw and never pass", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string());
  const almostRight = text.map((junk) => `sha256=${junk}`);
  const header = fc.option(fc.oneof(text, almostRight, fc.array(text)), { nil: undefined });
  fc.assert(
    fc.property(header, fc.uint8Array(), (given, rawBody) => {
      expect(verify(given, rawBody).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("a body or header that differs in one place never passes", () => {
  fc.assert(
    fc.property(mutations(body), mutations(Buffer.from(good)), (rawBody, header) => {
      expect(verify(good, rawBody).ok).toBe(false);
      expect(verify(header.toString("latin1")).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});
