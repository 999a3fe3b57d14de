import { createPrivateKey, createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signLiveKit } from "./livekit.ts";
import type { LiveKitRefusalCode } from "./livekit-verdict.ts";
import { body, claims, encode, key, nowSeconds, tokenOf, verify } from "./testing/livekit-tokens.ts";

const good = signLiveKit(key, nowSeconds, body);
const [goodHeader = "", goodClaims = "", goodSignature = ""] = good.split(".");

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
