import { createPrivateKey, sign } from "node:crypto";
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { verifyWithBoth } from "./testing/both-engines.ts";
import { verify } from "./verify.ts";
import type { VerifyOptions, WebhookScheme } from "./verify-result.ts";
import type { WebhookHeaders } from "./webhook-headers.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const otherSecret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const now = new Date("2026-01-01T00:00:00Z");
const timestampSeconds = now.getTime() / 1000;
const id = "evt_01h455vb4pex5vsknk084sn02q";
const body = '{"type":"appointment.created","data":{"note":"caf\\u00e9 ☃"}}';
const headers = headersOf("webhook", new StandardWebhook(secret).sign(id, now, body));

function headersOf(family: string, signature: string) {
  return {
    [`${family}-id`]: id,
    [`${family}-timestamp`]: `${timestampSeconds}`,
    [`${family}-signature`]: signature,
  };
}

function check(given: WebhookHeaders, secrets: string | string[] = secret, options: VerifyOptions = {}) {
  return verify(body, given, secrets, { now, ...options });
}

test("accepts what the standardwebhooks and svix libraries sign, each under its own headers", () => {
  expect(check(headers)).toEqual({
    ok: true,
    id,
    timestampSeconds,
    scheme: "standard-webhooks",
    matchedSecretIndex: 0,
  });
  const svix = headersOf("svix", new SvixWebhook(secret).sign(id, now, body));
  expect(check(svix)).toMatchObject({ ok: true, id, scheme: "svix" });
});

test("accepts an ed25519 signature with the public key alone", () => {
  const seed = Buffer.from("6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=", "base64");
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const signature = sign(null, Buffer.from(`${id}.${timestampSeconds}.${body}`), privateKey).toString(
    "base64",
  );
  expect(check(headersOf("webhook", `v1a,${signature}`), publicKey)).toMatchObject({ ok: true, id });
  expect(check(headersOf("webhook", `v1a,${signature}`), [secret, publicKey])).toMatchObject({
    matchedSecretIndex: 1,
  });
});

const upperCase = Object.fromEntries(
  Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
);
const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

test.each<[string, WebhookHeaders]>([
  ["a fetch Headers", new Headers(headers)],
  ["names in any case", upperCase],
  ["lists of one value", lists],
  ["other headers beside them", { ...headers, host: "x", "content-type": ["a", "b"], get: undefined }],
])("takes headers as %s", (_name, given) => {
  expect(check(given).ok).toBe(true);
});

test.each<[string, string | Uint8Array | ArrayBuffer]>([
  ["text", body],
  ["a Buffer", Buffer.from(body)],
  ["a Uint8Array", new TextEncoder().encode(body)],
  ["a part of a larger buffer", Buffer.from(`..${body}..`).subarray(2, -2)],
  ["an ArrayBuffer", new TextEncoder().encode(body).buffer],
])("takes the body as %s", (_name, rawBody) => {
  expect(verify(rawBody, headers, secret, { now }).ok).toBe(true);
});

test.each([[JSON.parse(body)], [undefined], [null], [42], [[1, 2]]])(
  "a parsed or missing body is refused with advice: %j",
  (parsed) => {
    const result = verify(parsed as string, headers, secret, { now });
    expect(result).toMatchObject({ ok: false, code: "raw_body_required" });
    expect(result).toHaveProperty("message", expect.stringContaining("express.raw"));
  },
);

test.each<[string, WebhookHeaders, string]>([
  ["no headers", {}, "header_missing"],
  ["an empty fetch Headers", new Headers(), "header_missing"],
  ["missing headers", undefined as unknown as WebhookHeaders, "header_missing"],
  ["a header that is there twice", { ...headers, "webhook-id": [id, id] }, "header_repeated"],
  ["a header in two spellings", { ...headers, "Webhook-Id": id }, "header_repeated"],
  ["a header appended twice", new Headers([...Object.entries(headers), ["webhook-id", id]]), "id_invalid"],
  [
    "a header that is a number",
    { ...headers, "webhook-timestamp": timestampSeconds as unknown as string },
    "header_repeated",
  ],
  ["another id", { ...headers, "webhook-id": "evt_other" }, "signature_mismatch"],
  ["headers of both families that disagree", { ...headers, "svix-id": "evt_other" }, "header_conflict"],
])("refuses %s", (_name, given, code) => {
  expect(check(given)).toMatchObject({ ok: false, code });
});

test("only the scheme that was asked for counts", () => {
  expect(check(headers, secret, { scheme: "svix" })).toMatchObject({ ok: false, code: "header_missing" });
  expect(check(headers, secret, { scheme: "standard-webhooks" }).ok).toBe(true);
});

test.each(["standard", "EKA", "constructor", ""])(
  "a scheme that is none accepts nothing: %j",
  async (misspelt) => {
    const result = await verifyWithBoth(body, headers, secret, { now, scheme: misspelt as WebhookScheme });
    expect(result).toMatchObject({ ok: false, code: "scheme_unknown" });
    expect(result).toHaveProperty("message", expect.stringContaining('"standard-webhooks", "svix" or "eka"'));
  },
);

test.each([Number.NaN, -1, new Date("nonsense")])(
  "a tolerance or clock that is none accepts nothing: %s",
  (value) => {
    const asked = value instanceof Date ? { now: value } : { now, toleranceSeconds: value };
    expect(verify(body, headers, secret, asked).ok).toBe(false);
  },
);

test("the timestamp may be off by the tolerance in both directions, and no further", () => {
  const at = (offsetSeconds: number, toleranceSeconds?: number) =>
    check(headers, secret, { now: now.getTime() + offsetSeconds * 1000, toleranceSeconds });
  expect([at(300).ok, at(-300).ok]).toEqual([true, true]);
  expect([at(301), at(-301)]).toMatchObject([{ code: "timestamp_too_old" }, { code: "timestamp_in_future" }]);
  expect([at(10, 10).ok, at(11, 10).ok]).toEqual([true, false]);
});

test("without options the real clock decides", () => {
  const signedNow = new Date();
  const fresh = {
    "webhook-id": id,
    "webhook-timestamp": `${Math.floor(signedNow.getTime() / 1000)}`,
    "webhook-signature": new StandardWebhook(secret).sign(id, signedNow, body),
  };
  expect(verify(body, fresh, secret).ok).toBe(true);
  expect(verify(body, headers, secret)).toMatchObject({ ok: false, code: "timestamp_too_old" });
});

test("any of several secrets will do, and the result says which", () => {
  expect(check(headers, [otherSecret, secret])).toMatchObject({ ok: true, matchedSecretIndex: 1 });
  expect(check(headers, otherSecret)).toMatchObject({ ok: false, code: "signature_mismatch" });
});

test.each([
  ["none", [], "secret_missing"],
  ["an unset variable", undefined, "secret_missing"],
  ["an empty text", "", "secret_missing"],
  ["a pasted line break", `${secret}\n`, "secret_invalid"],
  ["an API key", "cw_live_1234567890", "secret_invalid"],
])("secrets that cannot work are refused without being repeated: %s", (_name, secrets, code) => {
  const result = verify(body, headers, secrets, { now });
  expect(result).toMatchObject({ ok: false, code });
  expect(JSON.stringify(result)).not.toContain("MfKQ9r8G");
  expect(JSON.stringify(result)).not.toContain("1234567890");
});

test("whatever arrives, nothing is thrown and nothing is accepted", () => {
  const headerName = fc.constantFrom(
    ...Object.keys(headers),
    "Webhook-Id",
    "svix-id",
    "__proto__",
    "constructor",
    "get",
  );
  const anyHeaders = fc.dictionary(headerName, fc.anything());
  fc.assert(
    fc.property(fc.anything(), anyHeaders, (anyBody, anyOf) => {
      expect(verify(anyBody as string, anyOf as WebhookHeaders, secret, { now }).ok).toBe(false);
      expect(verify(body, anyOf as WebhookHeaders, secret, { now }).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});
