import { randomBytes } from "node:crypto";
import { generateEd25519Secrets } from "@carewire/verifiers";
import { describe, expect, test } from "vitest";
import {
  createSecret,
  fits,
  publicKeyOf,
  type SigningKind,
  secretMistake,
  signsAlong,
} from "./signing-secret.ts";

const standard: SigningKind = { scheme: "standard-webhooks", keyType: "hmac" };
const pairs: SigningKind = { scheme: "standard-webhooks", keyType: "ed25519" };
const svix: SigningKind = { scheme: "svix", keyType: "hmac" };
const eka: SigningKind = { scheme: "eka", keyType: "hmac" };
const none: SigningKind = { scheme: "none", keyType: "hmac" };
const kinds = { standard, pairs, svix, eka, none };

const shared = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const pair = generateEd25519Secrets(randomBytes);
const text = "my eka signing key";

describe.each(Object.entries(kinds))("for %s", (_name, kind) => {
  test("a secret that was made is 32 random bytes, good for it, and never the same", () => {
    const secrets = [createSecret(kind, randomBytes), createSecret(kind, randomBytes)];
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) {
      expect(fits(kind, secret)).toBe(true);
      expect(signsAlong(kind, secret)).toBe(true);
      expect(secret).toMatch(kind === pairs ? /^whsk_[A-Za-z0-9+/]{86}==$/ : /^whsec_[A-Za-z0-9+/]{43}=$/);
    }
  });
});

describe.each([
  ["standard", standard, [true, false, false], [true, true, false]],
  ["pairs", pairs, [false, true, false], [true, true, false]],
  ["svix", svix, [true, false, false], [true, false, false]],
  ["eka", eka, [true, false, true], [true, false, true]],
  ["none", none, [true, true, true], [true, true, true]],
] as const)("under %s", (_name, kind, leading, along) => {
  test("a shared secret, a pair and a text can lead or sign along as the scheme can use them", () => {
    expect([shared, pair.signing, text].map((secret) => fits(kind, secret))).toEqual(leading);
    expect([shared, pair.signing, text].map((secret) => signsAlong(kind, secret))).toEqual(along);
  });
});

describe("a given secret", () => {
  test.each([
    ["standard", standard, shared],
    ["svix", svix, shared],
    ["pairs", pairs, pair.signing],
    ["eka", eka, text],
    ["eka", eka, "x"],
    ["eka", eka, "ключ-🔑"],
  ])("is taken for %s", (_name, kind, secret) => {
    expect(secretMistake(kind, secret)).toBeNull();
  });

  test.each([
    ["a pair for shared secrets", standard, pair.signing],
    ["a shared secret for pairs", pairs, shared],
    ["a public key for pairs", pairs, pair.verifying],
    ["a pair for svix", svix, pair.signing],
    ["a text for svix", svix, text],
    ["a shared secret without its padding", standard, shared.slice(0, -1)],
    ["a pair whose halves differ", pairs, `whsk_${Buffer.alloc(64, 3).toString("base64")}`],
    ["white space around an eka key", eka, " key"],
    ["any secret where nothing is signed", none, shared],
  ])("is refused: %s; no part of it is repeated", (_what, kind, secret) => {
    const mistake = secretMistake(kind, secret);
    expect(mistake).toEqual(expect.any(String));
    expect(mistake).not.toContain(secret.trim().slice(6, 20) || secret);
  });
});

test("the public key is shown of pairs only", () => {
  expect(publicKeyOf(pairs, pair.signing)).toBe(pair.verifying);
  expect(publicKeyOf(standard, shared)).toBeNull();
  expect(publicKeyOf(eka, pair.signing)).toBeNull();
});
