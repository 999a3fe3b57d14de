import { createHmac, createPrivateKey, createSign, generateKeyPairSync, hash } from "node:crypto";
import { AccessToken, WebhookReceiver } from "livekit-server-sdk";
import { describe, expect, test } from "vitest";
import { signLiveKit, verifyLiveKit } from "./livekit.ts";
import { type LiveKitKey, parseLiveKitSecret } from "./livekit-key.ts";
import type { LiveKitRefusalCode } from "./livekit-verdict.ts";
import vectors from "./provider-vectors.json" with { type: "json" };
import type { RequestHeaders } from "./verification-input.ts";

const apiKey = "APItestkey";
const apiSecret = "livekit-test-secret-0123456789abcdef";
const nowSeconds = 1_767_225_600;
const key = keyOf(`${apiKey}:${apiSecret}`);
const bodyText =
  '{"event":"room_started","room":{"name":"caf\\u00e9 é"},"id":"EV_1","createdAt":"1767225599"}';
const body = Buffer.from(bodyText);
const sha256 = hash("sha256", body, "base64");
const claims = { exp: nowSeconds + 300, iss: apiKey, nbf: nowSeconds, sha256 };
const good = signLiveKit(key, nowSeconds, body);
const [goodHeader = "", goodClaims = "", goodSignature = ""] = good.split(".");

function keyOf(text: string): LiveKitKey {
  const parsed = parseLiveKitSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token correctly signed by our key, whatever it says. */
function tokenOf(
  payload: unknown,
  { header = { alg: "HS256" } as object, secret = apiSecret, digest = "sha256" } = {},
): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(digest, secret).update(signed).digest("base64url")}`;
}

function verify(
  authorization: string | string[] | undefined,
  { rawBody = body as Uint8Array, secrets = [key], nowMs = nowSeconds * 1000 } = {},
) {
  const headers: RequestHeaders = authorization === undefined ? {} : { authorization };
  return verifyLiveKit({ headers, rawBody, nowMs, secrets });
}

const without = (name: keyof typeof claims): object =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

/** An RS256 token, with the public key an attacker could have published. */
function rsaToken(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signed = `${encode({ alg: "RS256" })}.${encode(claims)}`;
  const signature = createSign("sha256")
    .update(signed)
    .sign(createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })), "base64url");
  return `${signed}.${signature}`;
}

const lastTwoBitsSet = (signature: string): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? "") | 3];
};

describe("the header", () => {
  test.each<[name: string, header: string | string[] | undefined, code: LiveKitRefusalCode]>([
    ["missing", undefined, "header_missing"],
    ["empty", "", "header_missing"],
    ["a list", [good, good], "header_repeated"],
    ["over 8 KiB", `${good}${"a".repeat(8_192)}`, "header_too_long"],
    ["prefixed as Bearer, which LiveKit never does", `Bearer ${good}`, "header_malformed"],
    ["no token", "token", "header_malformed"],
    ["two parts", `${goodHeader}.${goodClaims}`, "header_malformed"],
    ["four parts", `${good}.${goodSignature}`, "header_malformed"],
    ["two tokens, joined by Node", `${good}, ${good}`, "header_malformed"],
    ["padded base64", `${goodHeader}=.${goodClaims}.${goodSignature}`, "header_malformed"],
    ["not ASCII", `é${good}`, "header_malformed"],
    ["without a signature", `${goodHeader}.${goodClaims}.`, "signature_malformed"],
    ["a truncated signature", good.slice(0, -1), "signature_malformed"],
    ["a longer signature", `${good}A`, "signature_malformed"],
    ["a padded signature", `${good}=`, "signature_malformed"],
    ["a signature spelled otherwise", lastTwoBitsSet(good), "signature_malformed"],
    [
      "a signature in hex",
      `${goodHeader}.${goodClaims}.${Buffer.from(goodSignature, "base64url").toString("hex")}`,
      "signature_malformed",
    ],
    ["a signature that is not ASCII", `${goodHeader}.${goodClaims}.${"é".repeat(43)}`, "signature_malformed"],
    ["a wrong signature", `${goodHeader}.${goodClaims}.${"A".repeat(43)}`, "signature_mismatch"],
    [
      "the claims of another token",
      `${goodHeader}.${encode({ ...claims, exp: claims.exp + 1 })}.${goodSignature}`,
      "signature_mismatch",
    ],
  ])("is refused when it is %s", (_name, header, code) => {
    expect(verify(header)).toEqual({ ok: false, code });
  });
});

describe("the algorithm", () => {
  test.each<[name: string, token: string, code: LiveKitRefusalCode]>([
    ["none, unsigned", `${encode({ alg: "none" })}.${encode(claims)}.`, "signature_malformed"],
    ["none, signed all the same", tokenOf(claims, { header: { alg: "none" } }), "signature_unsupported"],
    ["HS512", tokenOf(claims, { header: { alg: "HS512" }, digest: "sha512" }), "signature_malformed"],
    ["HS384", tokenOf(claims, { header: { alg: "HS384" }, digest: "sha384" }), "signature_malformed"],
    ["HS512 in name only", tokenOf(claims, { header: { alg: "HS512" } }), "signature_unsupported"],
    ["RS256", rsaToken(), "signature_malformed"],
    ["RS256 in name only", tokenOf(claims, { header: { alg: "RS256" } }), "signature_unsupported"],
    ["hs256", tokenOf(claims, { header: { alg: "hs256" } }), "signature_unsupported"],
    ["absent", tokenOf(claims, { header: {} }), "signature_unsupported"],
    ["a list", tokenOf(claims, { header: { alg: ["HS256"] } }), "signature_unsupported"],
    [
      "HS256 with an extension that must be understood",
      tokenOf(claims, { header: { alg: "HS256", crit: ["b64"], b64: false } }),
      "signature_unsupported",
    ],
  ])("is refused when it is %s", (_name, token, code) => {
    expect(verify(token)).toEqual({ ok: false, code });
  });

  test("is fixed, so a key that the token brings along is not even looked at", () => {
    const header = {
      alg: "HS256",
      jwk: { kty: "oct", k: Buffer.from("mine").toString("base64url") },
      kid: "x",
    };
    expect(verify(tokenOf(claims, { header, secret: "mine" }))).toEqual({
      ok: false,
      code: "signature_mismatch",
    });
  });
});

describe("the claims", () => {
  test.each<[name: string, payload: unknown, code: LiveKitRefusalCode]>([
    ["of another issuer", { ...claims, iss: "APIother" }, "issuer_unknown"],
    ["without an issuer", without("iss"), "issuer_unknown"],
    ["whose issuer is a list", { ...claims, iss: [apiKey] }, "issuer_unknown"],
    ["without exp", without("exp"), "timestamp_invalid"],
    ["without nbf", without("nbf"), "timestamp_invalid"],
    ["with exp as text", { ...claims, exp: `${claims.exp}` }, "timestamp_invalid"],
    ["with nbf as text", { ...claims, nbf: `${claims.nbf}` }, "timestamp_invalid"],
    ["with a fraction", { ...claims, nbf: nowSeconds + 0.5 }, "timestamp_invalid"],
    ["with a negative nbf", { ...claims, nbf: -1 }, "timestamp_invalid"],
    ["with exp null", { ...claims, exp: null }, "timestamp_invalid"],
    [
      "in milliseconds",
      { ...claims, nbf: nowSeconds * 1000, exp: (nowSeconds + 300) * 1000 },
      "timestamp_in_future",
    ],
    [
      "expired beyond the leeway",
      { ...claims, nbf: nowSeconds - 310, exp: nowSeconds - 10 },
      "timestamp_too_old",
    ],
    [
      "not valid yet, beyond the leeway",
      { ...claims, nbf: nowSeconds + 11, exp: nowSeconds + 311 },
      "timestamp_in_future",
    ],
    ["valid for more than 15 minutes", { ...claims, exp: nowSeconds + 901 }, "token_kind"],
    ["without a body hash", without("sha256"), "token_kind"],
    ["with a room grant", { ...claims, video: { roomJoin: true } }, "token_kind"],
    ["with the hash in hex", { ...claims, sha256: hash("sha256", body, "hex") }, "token_kind"],
    [
      "with the hash in base64url",
      { ...claims, sha256: sha256.replaceAll("+", "-").replaceAll("/", "_").replace("=", "") },
      "token_kind",
    ],
    ["with an empty hash", { ...claims, sha256: "" }, "token_kind"],
    [
      "with the hash of another body",
      { ...claims, sha256: hash("sha256", "other", "base64") },
      "body_hash_mismatch",
    ],
    ["that are a list", [claims], "header_malformed"],
    ["that are null", null, "header_malformed"],
  ])("%s are refused", (_name, payload, code) => {
    expect(verify(tokenOf(payload))).toEqual({ ok: false, code });
  });

  test("that are no JSON are refused", () => {
    const signed = `${encode({ alg: "HS256" })}.${Buffer.from("{").toString("base64url")}`;
    const token = `${signed}.${createHmac("sha256", apiSecret).update(signed).digest("base64url")}`;
    expect(verify(token)).toEqual({ ok: false, code: "header_malformed" });
  });

  test.each([
    ["10 s ahead of our clock", { ...claims, nbf: nowSeconds + 10, exp: nowSeconds + 310 }],
    ["9 s expired", { ...claims, nbf: nowSeconds - 309, exp: nowSeconds - 9 }],
    ["valid for 15 minutes", { ...claims, exp: nowSeconds + 900 }],
    ["with iat, as the Go server writes", { ...claims, iat: nowSeconds }],
  ])("%s are accepted", (_name, payload) => {
    expect(verify(tokenOf(payload))).toMatchObject({ ok: true });
  });
});

describe("the body", () => {
  test.each<[name: string, rawBody: Uint8Array]>([
    ["one byte changed", Buffer.from(bodyText.replace("EV_1", "EV_2"))],
    ["white space added", Buffer.from(`${bodyText}\n`)],
    ["its keys in another order", Buffer.from('{"id":"EV_1","event":"room_started"}')],
    ["an escape written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
    ["re-serialised", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
    ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
    [
      "invalid UTF-8 in place of a character",
      Buffer.concat([body.subarray(0, 40), Buffer.from([0xfe]), body.subarray(41)]),
    ],
    ["nothing", new Uint8Array()],
  ])("is refused with %s", (_name, rawBody) => {
    expect(verify(good, { rawBody })).toEqual({ ok: false, code: "body_hash_mismatch" });
  });

  test("is refused when it was parsed, instead of guessing its bytes", () => {
    const parsed = JSON.parse(bodyText) as Uint8Array;
    expect(verify(good, { rawBody: parsed })).toEqual({ ok: false, code: "body_not_bytes" });
  });
});

describe("the keys", () => {
  const old = keyOf(`APIold:${"o".repeat(32)}`);

  test("may be several, and the verdict says which signed", () => {
    const accepted = { ok: true, timestampSeconds: nowSeconds, matchedSecretIndex: 1 };
    expect(verify(good, { secrets: [old, key] })).toEqual(accepted);
    expect(verify(signLiveKit(old, nowSeconds, body), { secrets: [key, old] })).toEqual(accepted);
  });

  test("do not sign for each other", () => {
    const crossed = tokenOf({ ...claims, iss: "APIold" });
    expect(verify(crossed, { secrets: [old, key] })).toEqual({ ok: false, code: "issuer_unknown" });
  });

  test("may share a secret under two names", () => {
    const renamed = keyOf(`APIrenamed:${apiSecret}`);
    expect(verify(good, { secrets: [renamed, key] })).toMatchObject({ ok: true, matchedSecretIndex: 1 });
  });

  test.each([
    ["another tenant's secret", `${apiKey}:another-secret`],
    ["a part of the secret", `${apiKey}:${apiSecret.slice(0, -1)}`],
  ])("refuse what was signed with %s", (_name, text) => {
    expect(verify(good, { secrets: [keyOf(text)] })).toEqual({ ok: false, code: "signature_mismatch" });
  });

  test("refuse everything when there are none", () => {
    expect(verify(good, { secrets: [] })).toEqual({ ok: false, code: "signature_mismatch" });
  });

  test.each([
    ["", "form"],
    ["APIkey", "form"],
    [":secret", "form"],
    ["APIkey:", "empty"],
    ["API key:secret", "whitespace"],
    ["APIkey:secret\n", "whitespace"],
  ])("are not read from %j", (text, code) => {
    expect(parseLiveKitSecret(text)).toMatchObject({ ok: false, code });
  });

  test("may have a secret with a colon in it", () => {
    const colon = keyOf(`${apiKey}:a:b`);
    expect(verify(tokenOf(claims, { secret: "a:b" }), { secrets: [colon] })).toMatchObject({ ok: true });
  });
});

test("a clock or tolerance that is not a number refuses instead of switching the check off", () => {
  expect(verify(good, { nowMs: Number.NaN })).toMatchObject({ ok: false });
  const input = { headers: { authorization: good }, rawBody: body, secrets: [key], nowMs: nowSeconds * 1000 };
  expect(verifyLiveKit({ ...input, toleranceSeconds: Number.NaN })).toMatchObject({ ok: false });
});

describe("LiveKit's own library", () => {
  async function signedByLiveKit(change: (token: AccessToken) => void = () => {}): Promise<string> {
    const token = new AccessToken(apiKey, apiSecret, { ttl: 300 });
    token.sha256 = sha256;
    change(token);
    return token.toJwt();
  }

  test("signs what we accept", async () => {
    const theirs = await signedByLiveKit();
    expect(verify(theirs, { nowMs: Date.now() })).toMatchObject({ ok: true, matchedSecretIndex: 0 });
  });

  test("accepts what we sign", async () => {
    const ours = signLiveKit(key, Math.floor(Date.now() / 1000), body);
    const received = await new WebhookReceiver(apiKey, apiSecret).receive(bodyText, ours);
    expect(received).toMatchObject({ id: "EV_1", event: "room_started" });
    await expect(new WebhookReceiver(apiKey, apiSecret).receive(`${bodyText} `, ours)).rejects.toThrow(
      "sha256",
    );
  });

  test("signs tokens to join a room, which we refuse", async () => {
    const join = await signedByLiveKit((token) => {
      token.identity = "pat_1";
      token.addGrant({ roomJoin: true, room: "appt_789" });
    });
    expect(verify(join, { nowMs: Date.now() })).toEqual({ ok: false, code: "token_kind" });
  });

  test("signs tokens of its default lifetime of six hours, which we refuse", async () => {
    const long = await signedByLiveKit((token) => {
      token.ttl = "6h";
    });
    expect(verify(long, { nowMs: Date.now() })).toEqual({ ok: false, code: "token_kind" });
  });
});

test("what we sign is, byte for byte, what LiveKit's server signed in the published vector", () => {
  const vector = vectors.vectors.find(({ provider, name }) => provider === "livekit" && name === "valid");
  expect(signLiveKit(key, nowSeconds, Buffer.from(vector?.body ?? ""))).toBe(vector?.headers.authorization);
});
