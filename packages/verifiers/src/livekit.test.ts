import { createHmac, hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signLiveKit, verifyLiveKit } from "./livekit.ts";
import { parseLiveKitSecret } from "./livekit-key.ts";
import type { LiveKitRefusalCode } from "./livekit-verdict.ts";
import {
  apiKey,
  apiSecret,
  body,
  bodyText,
  claims,
  encode,
  key,
  keyOf,
  nowSeconds,
  sha256,
  tokenOf,
  verify,
} from "./testing/livekit-tokens.ts";

const good = signLiveKit(key, nowSeconds, body);

const without = (name: keyof typeof claims): object =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

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
