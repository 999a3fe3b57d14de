import fc from "fast-check";
import { expect, test } from "vitest";
import { signEka, verifyEka } from "./eka.ts";
import { parseEkaSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";
import { mutations } from "./testing/mutations.ts";
import type { RefusalCode } from "./verdict.ts";

const nowSeconds = 1_767_225_600;
const bodyText = '{"event":"appointment.created","n":1.0,"data":{"name":"caf\\u00e9"}}';
const body = Buffer.from(bodyText);
const key = keyOf("supersecretkey");
const good = signEka([key], nowSeconds, body);
const hex = good.slice(-64);
const t = `t=${nowSeconds}`;

function keyOf(text: string): HmacKey {
  const parsed = parseEkaSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function verify(header: string | string[] | undefined, rawBody: Uint8Array = body, secrets = [key]) {
  const headers = { "eka-webhook-signature": header };
  return verifyEka({ headers, rawBody, nowMs: nowSeconds * 1_000, secrets });
}

test("the header itself is accepted, so what follows is not refused for another reason", () => {
  expect(verify(good)).toMatchObject({ ok: true });
});

test.each<[name: string, header: string | string[] | undefined, code: RefusalCode]>([
  ["no header", undefined, "header_missing"],
  ["an empty header", "", "header_missing"],
  ["a header given as a list", [good], "header_repeated"],
  ["a header over 8 KiB", `${good},x=${"a".repeat(8_192)}`, "header_too_long"],
  ["a repeated header joined by Node", `${good}, ${good}`, "header_malformed"],
  ["two timestamps, the second one right", `t=1,${good}`, "header_malformed"],
  ["no timestamp", `v1=${hex}`, "header_malformed"],
  ["a timestamp 181 s old", signEka([key], nowSeconds - 181, body), "timestamp_too_old"],
  ["a timestamp 181 s ahead", signEka([key], nowSeconds + 181, body), "timestamp_in_future"],
  ["a timestamp in milliseconds", signEka([key], nowSeconds * 1_000, body), "timestamp_invalid"],
  ["a negative timestamp", signEka([key], -nowSeconds, body), "timestamp_invalid"],
  ["a fractional timestamp", signEka([key], nowSeconds + 0.5, body), "timestamp_invalid"],
  ["a timestamp with letters after it", `${t}abc,v1=${hex}`, "timestamp_invalid"],
  ["a changed timestamp under the old signature", `t=${nowSeconds + 1},v1=${hex}`, "signature_mismatch"],
  ["only an unknown scheme", `${t},v0=${hex}`, "signature_unsupported"],
  ["only an asymmetric scheme", `${t},v1a=${hex}`, "signature_unsupported"],
  ["an empty signature", `${t},v1=`, "signature_malformed"],
  ["a truncated signature", `${t},v1=${hex.slice(2)}`, "signature_malformed"],
  ["a signature that goes on", `${t},v1=${hex}00`, "signature_malformed"],
  ["an upper-case signature", `${t},v1=${hex.toUpperCase()}`, "signature_malformed"],
  ["a base64 signature", `${t},v1=${Buffer.from(hex, "hex").toString("base64")}`, "signature_malformed"],
  ["a signature that is not ASCII", `${t},v1=é${hex.slice(1)}`, "signature_malformed"],
  ["sixteen wrong signatures", `${t}${`,v1=${"0".repeat(64)}`.repeat(16)}`, "signature_mismatch"],
  ["seventeen signatures, one of them right", `${good}${`,v1=${hex}`.repeat(16)}`, "signatures_too_many"],
])("refuses %s", (_name, header, code) => {
  expect(verify(header)).toEqual({ ok: false, code });
});

test.each<[name: string, rawBody: Uint8Array]>([
  ["white space added", Buffer.from(`${bodyText} `)],
  [
    "keys in another order",
    Buffer.from('{"n":1.0,"event":"appointment.created","data":{"name":"caf\\u00e9"}}'),
  ],
  ["an escape written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
  ["re-serialised JSON", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
  ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
  ["nothing", new Uint8Array()],
])("refuses a body with %s", (_name, rawBody) => {
  expect(verify(good, rawBody)).toEqual({ ok: false, code: "signature_mismatch" });
});

test("refuses invalid UTF-8 swapped for the replacement character, and a parsed body", () => {
  expect(verify(signEka([key], nowSeconds, Buffer.from("\uFFFD")), Buffer.from([0xfe]))).toMatchObject({
    ok: false,
  });
  const parsed = JSON.parse(bodyText) as unknown as Uint8Array;
  expect(verify(good, parsed)).toEqual({ ok: false, code: "body_not_bytes" });
});

test("refuses another secret, and everything when there is none", () => {
  for (const secrets of [[keyOf("supersecretkey2")], []]) {
    expect(verify(good, body, secrets)).toEqual({ ok: false, code: "signature_mismatch" });
  }
});

test("random headers and bodies never throw and never pass", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string());
  const almost = fc.oneof(
    text.map((junk) => `${t},v1=${junk}`),
    text.map((junk) => `t=${junk},v1=${hex}`),
  );
  const header = fc.option(fc.oneof(text, almost, fc.array(text)), { nil: undefined });
  fc.assert(
    fc.property(header, fc.uint8Array(), (given, rawBody) => {
      expect(verify(given, rawBody).ok).toBe(false);
    }),
    { numRuns: 1_000 },
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
