import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEmrLegacySecret, signEmrLegacy, verifyEmrLegacy } from "./emr-legacy.ts";
import type { HmacKey } from "./signing-key.ts";
import { mutations } from "./testing/mutations.ts";
import type { RequestHeaders } from "./verification-input.ts";

const nowSeconds = 1_767_225_600;
const body = Buffer.from('{"event":"video_call.completed"}');
const secret = `ehs_${"a".repeat(32)}`;
const key = keyOf(secret);

function keyOf(text: string): HmacKey {
  const parsed = parseEmrLegacySecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const verify = (headers: RequestHeaders, rawBody: Uint8Array = body, secrets = [key]) =>
  verifyEmrLegacy({ headers, rawBody, nowMs: nowSeconds * 1_000, secrets });
const signed = (seconds = nowSeconds, by = key) => ({ "x-emr-signature": signEmrLegacy(by, seconds, body) });

test("the header is t and v1 over t, a dot and the bytes, keyed by the text as it is", () => {
  const digest = createHmac("sha256", secret).update(`${nowSeconds}.${body}`).digest("hex");
  expect(signed()).toEqual({ "x-emr-signature": `t=${nowSeconds},v1=${digest}` });
});

test.each([-300, 0, 300])("accepts a timestamp %i s from now, under any of the secrets", (offset) => {
  const secrets = [keyOf(`ehs_${"b".repeat(32)}`), key];
  expect(verify(signed(nowSeconds + offset), body, secrets)).toMatchObject({
    ok: true,
    matchedSecretIndex: 1,
  });
});

test.each<[string, RequestHeaders, string]>([
  ["an unsigned request", {}, "header_missing"],
  ["a header given as a list", { "x-emr-signature": [signed()["x-emr-signature"]] }, "header_repeated"],
  ["a timestamp 301 s ago", signed(nowSeconds - 301), "timestamp_too_old"],
  ["a timestamp 301 s ahead", signed(nowSeconds + 301), "timestamp_in_future"],
  ["another key", signed(nowSeconds, keyOf(`ehs_${"b".repeat(32)}`)), "signature_mismatch"],
  ["two headers in one", { "x-emr-signature": `${signed()["x-emr-signature"]},t=1` }, "header_malformed"],
  ["capital digits", { "x-emr-signature": signed()["x-emr-signature"].toUpperCase() }, "header_malformed"],
  ["another version", { "x-emr-signature": `t=${nowSeconds},v0=${"0".repeat(64)}` }, "signature_unsupported"],
])("refuses %s", (_name, headers, code) => {
  expect(verify(headers)).toEqual({ ok: false, code });
});

test("no changed body and no changed header is accepted, and nothing throws", () => {
  fc.assert(
    fc.property(mutations(body), mutations(Buffer.from(signed()["x-emr-signature"])), (changed, header) => {
      expect(verify(signed(), changed).ok).toBe(false);
      expect(verify({ "x-emr-signature": header.toString("latin1") }).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test.each(["whsec_x", "ehs_short", "ehs_", "", `ehs_${"a".repeat(32)}\n`])("%j is no such secret", (text) => {
  expect(parseEmrLegacySecret(text).ok).toBe(false);
});
