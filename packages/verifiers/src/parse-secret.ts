import { createSecretKey } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import { decodeSecret, findEkaTextProblem, findTextProblem, type UnusableSecret } from "./decode-secret.ts";
import { ed25519PublicBytes, ed25519SigningKey, ed25519VerifyingKey } from "./ed25519.ts";
import type { Ed25519SigningKey, HmacKey, SigningKey, VerifyingKey } from "./signing-key.ts";

/** A prepared key, or why the text is no secret. `detail` never holds any part of the text. */
export type ParsedSecret<Key> = { ok: true; key: Key } | UnusableSecret;

/**
 * Reads a Standard Webhooks secret that signs: `whsec_` + base64 of 24 to 64 bytes (HMAC-SHA256), or
 * `whsk_` + base64 of the 64 bytes of an ed25519 pair (seed, then public key). Padding may be left out.
 */
export function parseSigningSecret(text: string): ParsedSecret<SigningKey> {
  const parsed = parseVerifyingSecret(text);
  if (!parsed.ok && parsed.code !== "prefix_unknown") return parsed;
  if (parsed.ok && canSign(parsed.key)) return { ok: true, key: parsed.key };
  return { ok: false, code: "prefix_unknown", detail: "a signing secret starts with whsec_ or whsk_" };
}

/** Reads a Standard Webhooks secret that verifies: those that sign, or `whpk_` + base64 of a public key. */
export function parseVerifyingSecret(text: string): ParsedSecret<SigningKey | VerifyingKey> {
  const decoded = decodeSecret(text);
  if (!decoded.ok) return decoded;
  const { prefix, bytes } = decoded;
  switch (prefix) {
    case "whsec_":
      return { ok: true, key: hmacKey(bytes) };
    case "whsk_":
      return pairKey(bytes);
    case "whpk_":
      return { ok: true, key: ed25519VerifyingKey(bytes) };
  }
}

const canSign = (key: SigningKey | VerifyingKey): key is SigningKey =>
  key.algorithm === "hmac-sha256" || "privateKey" in key;

/**
 * Reads a Stripe endpoint secret. Unlike in Standard Webhooks the key is the whole text, prefix included,
 * as UTF-8: Stripe never decodes it.
 */
export function parseStripeSecret(text: string): ParsedSecret<HmacKey> {
  const problem = findTextProblem(text);
  if (problem) return problem;
  return { ok: true, key: hmacKey(Buffer.from(text, "utf8")) };
}

/**
 * Reads an Eka signing key. The key is the whole text as UTF-8, whatever it looks like, blanks inside included; only
 * white space around it is refused.
 */
export function parseEkaSecret(text: string): ParsedSecret<HmacKey> {
  const problem = findEkaTextProblem(text);
  if (problem) return problem;
  return { ok: true, key: hmacKey(Buffer.from(text, "utf8")) };
}

function pairKey(bytes: Uint8Array): ParsedSecret<Ed25519SigningKey> {
  const key = ed25519SigningKey(bytes.subarray(0, 32));
  if (!equalInConstantTime(ed25519PublicBytes(key), bytes.subarray(32))) {
    return {
      ok: false,
      code: "halves_differ",
      detail: "the public half of whsk_ does not belong to its seed",
    };
  }
  return { ok: true, key };
}

function hmacKey(bytes: Uint8Array): HmacKey {
  return { algorithm: "hmac-sha256", key: createSecretKey(bytes) };
}
