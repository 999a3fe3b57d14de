import { createHmac } from "node:crypto";
import { Stripe } from "stripe";
import { expect, test } from "vitest";
import { parseStripeSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";
import { signStripe, verifyStripe } from "./stripe.ts";
import type { RefusalCode } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

const secretText = "whsec_test_stripe_secret";
const nowSeconds = 1_767_225_600;
const secret = keyOf(secretText);
const bodyText = '{"id":"evt_1","name":"caf\\u00e9","n":1.0}';
const body = Buffer.from(bodyText);
const good = signStripe(secret, nowSeconds, body);
const hex = good.slice(good.indexOf("v1=") + 3);

function keyOf(text: string): HmacKey {
  const parsed = parseStripeSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function verify(headers: RequestHeaders, rawBody: Uint8Array = body, secrets: HmacKey[] = [secret]) {
  return verifyStripe({ headers, rawBody, nowMs: nowSeconds * 1000, secrets });
}

// Signs any timestamp, also what Stripe would never send.
function signedAt(timestamp: string): string {
  const digest = createHmac("sha256", secretText).update(`${timestamp}.`).update(body).digest("hex");
  return `t=${timestamp},v1=${digest}`;
}

const refusedHeaders: [name: string, header: string | string[] | undefined, code: RefusalCode][] = [
  ["no header", undefined, "header_missing"],
  ["an empty header", "", "header_missing"],
  ["a header given as a list", [good, good], "header_repeated"],
  ["a header over 8 KiB", `${good},x=${"a".repeat(8192)}`, "header_too_long"],
  ["a repeated header joined by a comma", `${good},${good}`, "header_malformed"],
  ["two timestamps, the second one right", `t=1,${good}`, "header_malformed"],
  ["no timestamp", `v1=${hex}`, "header_malformed"],
  ["an item without a name", `${good},=1`, "header_malformed"],
  ["text that is no list", "not a signature", "header_malformed"],
  ["a timestamp 301 s old", signedAt(`${nowSeconds - 301}`), "timestamp_too_old"],
  ["a timestamp 301 s ahead", signedAt(`${nowSeconds + 301}`), "timestamp_in_future"],
  ["a timestamp in milliseconds", signedAt(`${nowSeconds}000`), "timestamp_invalid"],
  ["a timestamp with letters after it", signedAt(`${nowSeconds}abc`), "timestamp_invalid"],
  ["a negative timestamp", signedAt(`-${nowSeconds}`), "timestamp_invalid"],
  ["a fractional timestamp", signedAt(`${nowSeconds}.0`), "timestamp_invalid"],
  ["a timestamp with a space", signedAt(` ${nowSeconds}`), "timestamp_invalid"],
  ["an empty timestamp", `t=,v1=${hex}`, "timestamp_invalid"],
  ["a changed timestamp under the old signature", `t=${nowSeconds + 1},v1=${hex}`, "signature_mismatch"],
  ["only the test scheme v0", `t=${nowSeconds},v0=${hex}`, "signature_unsupported"],
  ["only an unknown scheme v2", `t=${nowSeconds},v2=${hex}`, "signature_unsupported"],
  ["a scheme with a space before it", `t=${nowSeconds}, v1=${hex}`, "header_malformed"],
  ["two headers, joined by Node", `t=${nowSeconds},v1=${hex}, t=${nowSeconds},v1=${hex}`, "header_malformed"],
  ["an empty signature", `t=${nowSeconds},v1=`, "signature_malformed"],
  ["a truncated signature", `t=${nowSeconds},v1=${hex.slice(0, 62)}`, "signature_malformed"],
  ["a signature that goes on", `t=${nowSeconds},v1=${hex}00`, "signature_malformed"],
  ["an upper-case signature", `t=${nowSeconds},v1=${hex.toUpperCase()}`, "signature_malformed"],
  [
    "a signature in base64",
    `t=${nowSeconds},v1=${Buffer.from(hex, "hex").toString("base64")}`,
    "signature_malformed",
  ],
  ["a signature that is not ASCII", `t=${nowSeconds},v1=é${hex.slice(1)}`, "signature_malformed"],
  ["a wrong signature", `t=${nowSeconds},v1=${"0".repeat(64)}`, "signature_mismatch"],
  ["sixteen wrong signatures", `t=${nowSeconds}${`,v1=${"0".repeat(64)}`.repeat(16)}`, "signature_mismatch"],
  [
    "the right signature behind sixteen others",
    `t=${nowSeconds}${`,v1=${"0".repeat(64)}`.repeat(16)},v1=${hex}`,
    "signatures_too_many",
  ],
];

test.each(refusedHeaders)("refuses %s", (_name, header, code) => {
  expect(verify({ "stripe-signature": header })).toEqual({ ok: false, code });
});

const refusedBodies: [name: string, body: Uint8Array][] = [
  ["one byte changed", Buffer.from(bodyText.replace("evt_1", "evt_2"))],
  ["white space added", Buffer.from(`${bodyText}\n`)],
  ["keys in another order", Buffer.from('{"name":"caf\\u00e9","id":"evt_1","n":1.0}')],
  ["an escape written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
  ["re-serialised JSON", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
  ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
  ["nothing", new Uint8Array()],
];

test.each(refusedBodies)("refuses a signed request whose body became: %s", (_name, rawBody) => {
  expect(verify({ "stripe-signature": good }, rawBody)).toEqual({ ok: false, code: "signature_mismatch" });
});

test("refuses invalid UTF-8 swapped for the replacement character, which a string would not notice", () => {
  const signature = signStripe(secret, nowSeconds, Buffer.from("\uFFFD"));
  expect(verify({ "stripe-signature": signature }, Buffer.from([0xfe]))).toMatchObject({ ok: false });
  const overBytes = signStripe(secret, nowSeconds, Buffer.from([0xfe]));
  expect(verify({ "stripe-signature": overBytes }, Buffer.from([0xfe]))).toMatchObject({ ok: true });
});

test("refuses a parsed body instead of guessing its bytes", () => {
  const parsed = JSON.parse(bodyText) as Uint8Array;
  expect(verify({ "stripe-signature": good }, parsed)).toEqual({ ok: false, code: "body_not_bytes" });
});

test.each([
  ["another secret", keyOf("whsec_other")],
  ["a prefix of the secret", keyOf(secretText.slice(0, -1))],
])("refuses %s", (_name, key) => {
  expect(verify({ "stripe-signature": good }, body, [key])).toEqual({
    ok: false,
    code: "signature_mismatch",
  });
});

test("refuses everything when there is no secret", () => {
  expect(verify({ "stripe-signature": good }, body, [])).toEqual({ ok: false, code: "signature_mismatch" });
});

test("a tolerance or clock that is not a number refuses instead of switching the check off", () => {
  const input = { headers: { "stripe-signature": good }, rawBody: body, secrets: [secret] };
  expect(verifyStripe({ ...input, nowMs: Number.NaN })).toMatchObject({ ok: false });
  expect(verifyStripe({ ...input, nowMs: nowSeconds * 1000, toleranceSeconds: Number.NaN })).toMatchObject({
    ok: false,
  });
});

test.each([-300, 0, 300])("accepts a timestamp %i s from now", (offset) => {
  const header = signStripe(secret, nowSeconds + offset, body);
  const accepted = { ok: true, timestampSeconds: nowSeconds + offset, matchedSecretIndex: 0 };
  expect(verify({ "stripe-signature": header })).toEqual(accepted);
});

test("accepts either secret while one is rolled, and says which", () => {
  const secrets = [keyOf("whsec_new"), secret];
  expect(verify({ "stripe-signature": good }, body, secrets)).toMatchObject({
    ok: true,
    matchedSecretIndex: 1,
  });
});

test("accepts what Stripe's library signs, and signs what it accepts", () => {
  const timestamp = Math.floor(Date.now() / 1000);
  const theirs = Stripe.webhooks.generateTestHeaderString({
    payload: bodyText,
    secret: secretText,
    timestamp,
  });
  const input = { rawBody: body, nowMs: timestamp * 1000, secrets: [secret] };
  expect(verifyStripe({ ...input, headers: { "stripe-signature": theirs } })).toMatchObject({ ok: true });
  const ours = signStripe(secret, timestamp, body);
  expect(Stripe.webhooks.constructEvent(body, ours, secretText)).toMatchObject({ id: "evt_1" });
});
