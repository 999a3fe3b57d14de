import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBodySecret } from "./body-signature.ts";
import { signHexSignature, verifyHexSignature } from "./hex-signature.ts";
import type { HmacKey } from "./signing-key.ts";
import { mutations } from "./testing/mutations.ts";
import { signTypeform, verifyTypeform } from "./typeform.ts";
import type { RefusalCode } from "./verdict.ts";

const secretText = "form_secret_test";
const secret = keyOf(secretText);
const bodyText = '{"form_response":{"token":"t1"},"name":"caf\\u00e9","n":1.0}';
const body = Buffer.from(bodyText);
const digest = createHmac("sha256", secretText).update(bodyText).digest();
const [hex, base64] = [digest.toString("hex"), digest.toString("base64")];

function keyOf(text: string): HmacKey {
  const parsed = parseBodySecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

type Refused = [name: string, header: string | string[] | undefined, code: RefusalCode];

const schemes = [
  {
    name: "Typeform-Signature",
    header: "typeform-signature",
    good: `sha256=${base64}`,
    other: `sha256=${hex}`,
    sign: signTypeform,
    verify: verifyTypeform,
    refused: [
      ["the signature alone", base64, "signature_unsupported"],
      ["a signature without padding", `sha256=${base64.slice(0, -1)}`, "signature_malformed"],
      ["a signature with stray bits", `sha256=${"A".repeat(42)}B=`, "signature_malformed"],
      ["a URL-safe signature", `sha256=${"-".repeat(42)}A=`, "signature_malformed"],
      ["a wrong signature", `sha256=${Buffer.alloc(32).toString("base64")}`, "signature_mismatch"],
    ] satisfies Refused[],
  },
  {
    name: "X-Webhook-Signature",
    header: "x-webhook-signature",
    good: `sha256=${hex}`,
    other: `sha256=${base64}`,
    sign: signHexSignature,
    verify: verifyHexSignature,
    refused: [
      ["upper-case digits", `sha256=${hex.toUpperCase()}`, "signature_malformed"],
      ["nothing but an equals sign", "=", "signature_malformed"],
      ["a line break in front", `\n${hex}`, "signature_malformed"],
      ["a wrong signature", `sha256=${"0".repeat(64)}`, "signature_mismatch"],
    ] satisfies Refused[],
  },
];

describe.each(schemes)("$name", ({ header, good, other, sign, verify, refused }) => {
  const check = (
    value: string | string[] | undefined,
    rawBody: Uint8Array = body,
    secrets: HmacKey[] = [secret],
  ) => verify({ headers: { [header]: value }, rawBody, secrets });

  test("what the scheme says is what is signed and accepted", () => {
    expect(sign(secret, body)).toBe(good);
    expect(check(good)).toEqual({ ok: true, matchedSecretIndex: 0 });
  });

  test("refuses every header that is not right", () => {
    const everywhere: Refused[] = [
      ["no header", undefined, "header_missing"],
      ["an empty header", "", "header_missing"],
      ["a header given as a list", [good, good], "header_repeated"],
      ["a header over 8 KiB", good + "0".repeat(8_192), "header_too_long"],
      ["two headers, joined by Node", `${good}, ${good}`, "signature_malformed"],
      ["SHA-1", `sha1=${createHmac("sha1", secretText).update(body).digest("hex")}`, "signature_unsupported"],
      ["an unknown scheme", good.replace("sha256", "sha512"), "signature_unsupported"],
      ["the scheme in capitals", good.replace("sha256", "SHA256"), "signature_unsupported"],
      ["an empty signature", "sha256=", "signature_malformed"],
      ["the other scheme's encoding", other, "signature_malformed"],
      ["a truncated signature", good.slice(0, -2), "signature_malformed"],
      ["a signature that goes on", `${good}00`, "signature_malformed"],
      ["a signature that is not ASCII", good.replace(/.$/, "é"), "signature_malformed"],
    ];
    for (const [name, value, code] of [...everywhere, ...refused]) {
      expect(check(value), name).toEqual({ ok: false, code });
    }
  });

  test.each<[string, Uint8Array]>([
    ["one byte changed", Buffer.from(bodyText.replace("t1", "t2"))],
    ["white space added", Buffer.from(`${bodyText} `)],
    [
      "its keys in another order",
      Buffer.from('{"name":"caf\\u00e9","form_response":{"token":"t1"},"n":1.0}'),
    ],
    ["its escape written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
    ["re-serialised JSON", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
    ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
    ["nothing", new Uint8Array()],
  ])("refuses a signed request whose body became: %s", (_name, rawBody) => {
    expect(check(good, rawBody)).toEqual({ ok: false, code: "signature_mismatch" });
  });

  test("refuses invalid UTF-8 swapped for the replacement character", () => {
    expect(check(sign(secret, Buffer.from("\uFFFD")), Buffer.from([0xfe]))).toMatchObject({ ok: false });
  });

  test("refuses a parsed body instead of guessing its bytes", () => {
    expect(check(good, JSON.parse(bodyText))).toEqual({ ok: false, code: "body_not_bytes" });
  });

  test("refuses another secret, and none; accepts either while one is changed, and says which", () => {
    expect(check(good, body, [keyOf("other")])).toEqual({ ok: false, code: "signature_mismatch" });
    expect(check(good, body, [])).toEqual({ ok: false, code: "signature_mismatch" });
    expect(check(good, body, [keyOf("other"), secret])).toEqual({ ok: true, matchedSecretIndex: 1 });
  });

  test("random headers and bodies never throw and never pass", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.base64String());
    const value = fc.oneof(
      text,
      text.map((junk) => `sha256=${junk}`),
      fc.array(text),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(value, fc.uint8Array(), (given, rawBody) => {
        expect(check(given, rawBody).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("a body or header that differs in one place never passes", () => {
    fc.assert(
      fc.property(mutations(body), mutations(Buffer.from(good)), (rawBody, mutated) => {
        expect(check(good, rawBody).ok).toBe(false);
        expect(check(mutated.toString("latin1")).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

test("X-Webhook-Signature may be the digits alone", () => {
  const headers = { "x-webhook-signature": hex };
  expect(verifyHexSignature({ headers, rawBody: body, secrets: [secret] })).toMatchObject({ ok: true });
});

test("a secret is the whole text, also when it looks like another scheme's", () => {
  const text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const expected = createHmac("sha256", text).update(body).digest("hex");
  expect(signHexSignature(keyOf(text), body)).toBe(`sha256=${expected}`);
});

test.each([
  ["", "empty"],
  ["secret\n", "whitespace"],
])("%j is no secret", (text, code) => {
  expect(parseBodySecret(text)).toMatchObject({ ok: false, code });
});
