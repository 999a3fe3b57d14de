import { createSecretKey } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import { ed25519PublicBytes, ed25519SigningKey, ed25519VerifyingKey } from "./ed25519.ts";
import type {
  Ed25519SigningKey,
  Ed25519VerifyingKey,
  HmacKey,
  SigningKey,
  VerifyingKey,
} from "./signing-key.ts";

/** A prepared key, or why the text is no secret. `detail` never holds any part of the text. */
export type ParsedSecret<Key> = { ok: true; key: Key } | { ok: false; code: SecretProblem; detail: string };

/** What can be wrong with the text of a secret. */
export type SecretProblem =
  | "empty"
  | "whitespace"
  | "prefix_unknown"
  | "form"
  | "encoding"
  | "length"
  | "halves_differ";

const hmacBytesMin = 24;
const hmacBytesMax = 64;

/**
 * Reads a Standard Webhooks secret that signs: `whsec_` + base64 of 24 to 64 bytes (HMAC-SHA256), or
 * `whsk_` + base64 of the 64 bytes of an ed25519 pair (seed, then public key). Padding may be left out.
 */
export function parseSigningSecret(text: string): ParsedSecret<SigningKey> {
  const problem = findTextProblem(text);
  if (problem) return problem;
  if (text.startsWith("whsec_")) return parseHmac(text);
  if (text.startsWith("whsk_")) return parsePair(text);
  return { ok: false, code: "prefix_unknown", detail: "a signing secret starts with whsec_ or whsk_" };
}

/** Reads a Standard Webhooks secret that verifies: those that sign, or `whpk_` + base64 of a public key. */
export function parseVerifyingSecret(text: string): ParsedSecret<VerifyingKey> {
  const problem = findTextProblem(text);
  if (problem) return problem;
  if (text.startsWith("whpk_")) return parsePublic(text);
  if (text.startsWith("whsec_") || text.startsWith("whsk_")) return parseSigningSecret(text);
  return { ok: false, code: "prefix_unknown", detail: "a secret starts with whsec_, whpk_ or whsk_" };
}

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
  if (text === "") return emptyText;
  if (text !== text.trim()) return whitespaceText;
  return { ok: true, key: hmacKey(Buffer.from(text, "utf8")) };
}

const emptyText = { ok: false, code: "empty", detail: "the secret is empty" } as const;
const whitespaceText = { ok: false, code: "whitespace", detail: "the secret contains white space" } as const;

// A secret pasted with its line break signs wrongly for ever, and nothing else ever says why.
function findTextProblem(text: string): { ok: false; code: SecretProblem; detail: string } | null {
  if (text === "") return emptyText;
  return /\s/.test(text) ? whitespaceText : null;
}

function parseHmac(text: string): ParsedSecret<HmacKey> {
  const bytes = decodeAfterPrefix(text);
  if (bytes === null) return notBase64("whsec_");
  if (bytes.length < hmacBytesMin || bytes.length > hmacBytesMax) {
    const detail = `whsec_ must hold ${hmacBytesMin} to ${hmacBytesMax} bytes, this one holds ${bytes.length}`;
    return { ok: false, code: "length", detail };
  }
  return { ok: true, key: hmacKey(bytes) };
}

function parsePair(text: string): ParsedSecret<Ed25519SigningKey> {
  const bytes = decodeAfterPrefix(text);
  if (bytes === null) return notBase64("whsk_");
  if (bytes.length !== 64) {
    return { ok: false, code: "length", detail: `whsk_ must hold 64 bytes, this one holds ${bytes.length}` };
  }
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

function parsePublic(text: string): ParsedSecret<Ed25519VerifyingKey> {
  const bytes = decodeAfterPrefix(text);
  if (bytes === null) return notBase64("whpk_");
  if (bytes.length !== 32) {
    return { ok: false, code: "length", detail: `whpk_ must hold 32 bytes, this one holds ${bytes.length}` };
  }
  return { ok: true, key: ed25519VerifyingKey(bytes) };
}

function hmacKey(bytes: Buffer): HmacKey {
  return { algorithm: "hmac-sha256", key: createSecretKey(bytes) };
}

function decodeAfterPrefix(text: string): Buffer | null {
  const encoded = text.slice(text.indexOf("_") + 1);
  const bytes = Buffer.from(encoded, "base64");
  // Buffer.from skips what is not base64, so only text that comes out again unchanged was base64.
  const canonical = bytes.toString("base64");
  return encoded === canonical || encoded === canonical.replace(/=+$/, "") ? bytes : null;
}

function notBase64(prefix: string): { ok: false; code: SecretProblem; detail: string } {
  return { ok: false, code: "encoding", detail: `what follows ${prefix} is not base64` };
}
