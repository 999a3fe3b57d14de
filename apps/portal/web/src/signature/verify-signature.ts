import { readSecret } from "./read-secret.ts";
import { type CandidateSignature, parseHeaderLines, type SignedParts, signedParts } from "./signed-parts.ts";

/** What came of checking one request, and for `mismatch` what would have made it fit. */
export type SignatureVerdict =
  | { kind: "valid"; ageSeconds: number; stale: boolean; signatures: number }
  | { kind: "mismatch"; hint: string }
  | { kind: "unusable"; field: "headers" | "secret"; detail: string };

const toleranceSeconds = 300;
const ekaToleranceSeconds = 180;

/**
 * Checks a request the way a receiver does, in this browser: nothing of it is sent anywhere. Says what is wrong when a
 * change that servers often make to a body by accident explains the mismatch.
 */
export async function verifySignature(
  input: { headerLines: string; body: string; secret: string },
  nowMs: number,
): Promise<SignatureVerdict> {
  const parts = signedParts(parseHeaderLines(input.headerLines));
  if (!parts.ok) return { kind: "unusable", field: "headers", detail: parts.detail };
  const secret = readSecret(input.secret, parts.scheme);
  if (!secret.ok) return { kind: "unusable", field: "secret", detail: secret.detail };
  const candidates = parts.candidates.filter(({ algorithm }) => algorithm === secret.algorithm);
  if (candidates.length === 0) return otherAlgorithm(secret.algorithm);
  const key = await importKey(secret.algorithm, secret.bytes);
  const fits = (body: string) => anyFits(key, parts.prefix, body, candidates);
  if (await fits(input.body)) return valid(parts, nowMs);
  for (const { change, hint } of slips) {
    const changed = change(input.body);
    if (changed !== null && changed !== input.body && (await fits(changed)))
      return { kind: "mismatch", hint };
  }
  return {
    kind: "mismatch",
    hint: "Either this is not the secret that signed, or body or headers are not exactly what was received.",
  };
}

const otherAlgorithm = (algorithm: "hmac" | "ed25519"): SignatureVerdict => ({
  kind: "unusable",
  field: "secret",
  detail:
    algorithm === "hmac"
      ? "The request is signed with a key pair (v1a): use the public key, whpk_…"
      : "The request is signed with a shared secret (v1): use the secret, whsec_…",
});

function valid(parts: Extract<SignedParts, { ok: true }>, nowMs: number): SignatureVerdict {
  const ageSeconds = Math.round(nowMs / 1_000) - parts.timestampSeconds;
  const limit = parts.scheme === "eka" ? ekaToleranceSeconds : toleranceSeconds;
  return {
    kind: "valid",
    ageSeconds,
    stale: Math.abs(ageSeconds) > limit,
    signatures: parts.candidates.length,
  };
}

/** What happens to bodies on their way into a handler. */
const slips: { change: (body: string) => string | null; hint: string }[] = [
  {
    change: (body) => body.trim(),
    hint: "It fits without the white space around the body. Verify the raw bytes, before anything trims or adds to them.",
  },
  {
    change: (body) => body.replaceAll("\r\n", "\n"),
    hint: "It fits with \\n in place of \\r\\n: something changed the line breaks.",
  },
  {
    change: (body) => reserialised(body),
    hint: "It fits once the JSON is written compactly: the body was parsed and written again. Verify the raw body, before any JSON middleware.",
  },
];

function reserialised(body: string): string | null {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return null;
  }
}

type Key = { algorithm: "hmac" | "ed25519"; key: CryptoKey };

async function importKey(algorithm: Key["algorithm"], bytes: Uint8Array<ArrayBuffer>): Promise<Key> {
  const params = algorithm === "hmac" ? { name: "HMAC", hash: "SHA-256" } : { name: "Ed25519" };
  return { algorithm, key: await crypto.subtle.importKey("raw", bytes, params, false, ["verify"]) };
}

async function anyFits(
  { algorithm, key }: Key,
  prefix: string,
  body: string,
  candidates: CandidateSignature[],
): Promise<boolean> {
  const signed = new TextEncoder().encode(prefix + body);
  const name = algorithm === "hmac" ? "HMAC" : "Ed25519";
  for (const { bytes } of candidates) {
    if (await crypto.subtle.verify({ name }, key, bytes, signed)) return true;
  }
  return false;
}
