import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signEka, verifyEka } from "./eka.ts";
import { parseEkaSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";

const nowSeconds = 1_767_225_600;
const body = Buffer.from(
  '{"event":"appointment.created","data":{"appointment_id":"a-1","action":"created"}}',
);
const keyText = "a key of the developer's, in any form";
const key = keyOf(keyText);
const older = keyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

function keyOf(text: string): HmacKey {
  const parsed = parseEkaSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function verify(header: string | undefined, secrets = [key], rawBody: Uint8Array = body) {
  const headers = { "eka-webhook-signature": header };
  return verifyEka({ headers, rawBody, nowMs: nowSeconds * 1_000, secrets });
}

test("the header is t and v1 over t, a dot and the bytes, keyed by the text as it is", () => {
  const digest = createHmac("sha256", keyText).update(`${nowSeconds}.${body}`).digest("hex");
  expect(signEka([key], nowSeconds, body)).toBe(`t=${nowSeconds},v1=${digest}`);
});

test("a secret with a prefix is not decoded: Eka's key is the whole text", () => {
  const digest = createHmac("sha256", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    .update(`${nowSeconds}.${body}`)
    .digest("hex");
  expect(signEka([older], nowSeconds, body)).toContain(digest);
});

test("during a rotation either key is accepted, and a reader of one value sees the last key's", () => {
  const header = signEka([older, key], nowSeconds, body);
  expect(verify(header, [older])).toMatchObject({ ok: true });
  expect(verify(header, [key])).toMatchObject({ ok: true });
  // As in Eka's published consumer: dict(item.split("=") for item in header.split(",")).
  const asDictionary = Object.fromEntries(
    header.split(",").map((item) => item.split("=") as [string, string]),
  );
  expect(signEka([key], nowSeconds, body)).toBe(`t=${asDictionary.t},v1=${asDictionary.v1}`);
});

test.each([-180, 0, 180])("accepts a timestamp %i s from now", (offset) => {
  expect(verify(signEka([key], nowSeconds + offset, body))).toMatchObject({ ok: true });
});

test.each<[string, string | undefined, string]>([
  ["an unsigned request", undefined, "header_missing"],
  ["a timestamp 181 s ahead", signEka([key], nowSeconds + 181, body), "timestamp_in_future"],
  ["another key", signEka([older], nowSeconds, body), "signature_mismatch"],
  ["another body", signEka([key], nowSeconds, Buffer.from("{}")), "signature_mismatch"],
  ["two headers in one", `${signEka([key], nowSeconds, body)},t=1`, "header_malformed"],
])("refuses %s", (_name, header, code) => {
  expect(verify(header)).toEqual({ ok: false, code });
});

test.each([
  ["", "empty"],
  [" key", "whitespace"],
  ["key\n", "whitespace"],
])("%j is no key", (text, code) => {
  expect(parseEkaSecret(text)).toMatchObject({ ok: false, code });
});
