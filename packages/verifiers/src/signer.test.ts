import { createHmac } from "node:crypto";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { verifyEka } from "./eka.ts";
import { parseEkaSecret, parseVerifyingSecret } from "./parse-secret.ts";
import { parseSigner, type SignatureScheme, type Signer, signatureHeaders } from "./signer.ts";
import { verifyStandardWebhook } from "./verify-standard-webhook.ts";
import { verifyingSecretOf } from "./verifying-secret.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const pair = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const publicHalf = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const publishedSeconds = 1_614_265_330;
const published = Buffer.from('{"test": 2432232314}');

function signer(scheme: SignatureScheme, secrets: string[]): Signer {
  const parsed = parseSigner(scheme, secrets);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.signer;
}

const headersOf = (scheme: SignatureScheme, secrets: string[]) =>
  signatureHeaders(signer(scheme, secrets), id, publishedSeconds, published);

/** As a receiver gets them. */
function asObject(headers: string[]): Record<string, string> {
  const object: Record<string, string> = {};
  for (let i = 0; i < headers.length; i += 2) {
    object[String(headers[i]).toLowerCase()] = String(headers[i + 1]);
  }
  return object;
}

test("standard-webhooks: the published vectors of both kinds of key, byte for byte", () => {
  const hmac = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  const ed25519 =
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
  expect(headersOf("standard-webhooks", [secret])).toEqual([
    "webhook-id",
    id,
    "webhook-timestamp",
    "1614265330",
    "webhook-signature",
    hmac,
  ]);
  expect(headersOf("standard-webhooks", [pair])[5]).toBe(ed25519);
  expect(headersOf("standard-webhooks", [pair, secret])[5]).toBe(`${ed25519} ${hmac}`);
});

test("svix: the same signatures under svix-*, and nothing under webhook-*", () => {
  expect(headersOf("svix", [secret, pair])).toEqual([
    "svix-id",
    id,
    "svix-timestamp",
    "1614265330",
    "svix-signature",
    headersOf("standard-webhooks", [secret, pair])[5],
  ]);
});

test("eka: the message id, and one v1 per key with the newest last", () => {
  const hex = (text: string) =>
    createHmac("sha256", text).update(`${publishedSeconds}.${published}`).digest("hex");
  expect(headersOf("eka", ["newest", "oldest"])).toEqual([
    "webhook-id",
    id,
    "Eka-Webhook-Signature",
    `t=1614265330,v1=${hex("oldest")},v1=${hex("newest")}`,
  ]);
});

test("none: the message id alone, with a secret or without one", () => {
  expect(headersOf("none", [])).toEqual(["webhook-id", id]);
  expect(headersOf("none", ["not even a secret"])).toEqual(["webhook-id", id]);
});

test("the official libraries accept what each scheme sends, with any secret in force", () => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  for (const scheme of ["standard-webhooks", "svix"] as const) {
    const headers = asObject(signatureHeaders(signer(scheme, [secret, other]), id, nowSeconds, published));
    for (const text of [secret, other]) {
      const library = scheme === "svix" ? new SvixWebhook(text) : new StandardWebhook(text);
      expect(() => library.verify(published.toString(), headers)).not.toThrow();
      expect(() => library.verify("{}", headers)).toThrow();
    }
  }
});

test.each([
  ["standard-webhooks", "webhook"],
  ["svix", "svix"],
] as const)("%s: our verifier accepts it, with the public half alone too", (scheme, family) => {
  const headers = asObject(headersOf(scheme, [pair, secret]));
  for (const text of [publicHalf, pair, secret]) {
    const parsed = parseVerifyingSecret(text);
    if (!parsed.ok) throw new Error(parsed.detail);
    const input = {
      headers,
      rawBody: published,
      nowMs: publishedSeconds * 1_000,
      secrets: [parsed.key],
      family,
    };
    expect(verifyStandardWebhook(input)).toMatchObject({ ok: true, id, family });
  }
});

test("eka: our verifier accepts it with any key in force", () => {
  const headers = asObject(headersOf("eka", ["newest", "oldest"]));
  for (const text of ["newest", "oldest"]) {
    const parsed = parseEkaSecret(text);
    if (!parsed.ok) throw new Error(parsed.detail);
    const input = { headers, rawBody: published, nowMs: publishedSeconds * 1_000, secrets: [parsed.key] };
    expect(verifyEka(input)).toMatchObject({ ok: true });
  }
});

test.each<[SignatureScheme, string[], string]>([
  ["standard-webhooks", [], "there is no secret to sign with"],
  ["svix", [], "there is no secret to sign with"],
  ["eka", [], "there is no secret to sign with"],
  ["standard-webhooks", [secret, "my-password"], "secret 2 of 2"],
  ["svix", [publicHalf], "secret 1 of 1"],
  ["eka", ["my-password\n"], "secret 1 of 1"],
])("%s cannot sign with %j, and says why without quoting it", (scheme, secrets, detail) => {
  const parsed = parseSigner(scheme, secrets);
  expect(parsed).toMatchObject({ ok: false, detail: expect.stringContaining(detail) });
  expect(JSON.stringify(parsed)).not.toContain("my-password");
});

test("the public half of a pair can be shown; nothing else has one", () => {
  expect(verifyingSecretOf(pair)).toBe(publicHalf);
  for (const text of [secret, publicHalf, "", "whsk_", "my-password"])
    expect(verifyingSecretOf(text)).toBeNull();
});
