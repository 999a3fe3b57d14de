import { createHmac } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import { readHeader } from "./request-header.ts";
import type { HmacKey } from "./signing-key.ts";
import { checkTimestamp } from "./timestamp.ts";
import { type Accepted, type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

const signaturesMax = 16;

/**
 * Verifies a header `t=<seconds>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 over `<t>.<raw body>`. Several `v1` are normal
 * while a secret is being rolled; other versions are ignored. Never throws.
 */
export function verifyTimestamped(
  headerName: string,
  input: VerificationInput<HmacKey> & { toleranceSeconds: number },
): Accepted | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const header = readHeader(input.headers, headerName);
  if (!header.ok) return header;
  const parts = parseSignatureHeader(header.value);
  if (!parts.ok) return parts;
  const timestamp = checkTimestamp(parts.timestamp, input.nowMs, input.toleranceSeconds);
  if (!timestamp.ok) return timestamp;
  const candidates = decodeCandidates(parts.signatures);
  if (!candidates.ok) return candidates;

  for (const [matchedSecretIndex, secret] of input.secrets.entries()) {
    const expected = computeSignature(secret, parts.timestamp, input.rawBody).digest();
    if (candidates.signatures.some((signature) => equalInConstantTime(signature, expected))) {
      return { ok: true, timestampSeconds: timestamp.seconds, matchedSecretIndex };
    }
  }
  return refuse("signature_mismatch");
}

/** The header's value, with one `v1` per key, in their order. */
export function signTimestamped(
  keys: readonly HmacKey[],
  timestampSeconds: number,
  body: Uint8Array,
): string {
  let header = `t=${timestampSeconds}`;
  for (const key of keys)
    header += `,v1=${computeSignature(key, String(timestampSeconds), body).digest("hex")}`;
  return header;
}

function computeSignature(secret: HmacKey, timestamp: string, body: Uint8Array) {
  return createHmac("sha256", secret.key).update(`${timestamp}.`).update(body);
}

function parseSignatureHeader(
  header: string,
): { ok: true; timestamp: string; signatures: string[] } | Refusal {
  const timestamps: string[] = [];
  const signatures: string[] = [];
  for (const item of header.split(",")) {
    const equals = item.indexOf("=");
    // Node joins repeated headers with a comma and a space; no sender writes a space.
    if (equals < 1 || item.startsWith(" ")) return refuse("header_malformed");
    const value = item.slice(equals + 1);
    if (item.slice(0, equals) === "t") timestamps.push(value);
    if (item.slice(0, equals) === "v1") signatures.push(value);
  }
  const [timestamp] = timestamps;
  // Two headers reach us joined by a comma: two `t` would let one be checked and the other be signed.
  if (timestamp === undefined || timestamps.length > 1) return refuse("header_malformed");
  if (signatures.length === 0) return refuse("signature_unsupported");
  if (signatures.length > signaturesMax) return refuse("signatures_too_many");
  return { ok: true, timestamp, signatures };
}

function decodeCandidates(signatures: string[]): { ok: true; signatures: Buffer[] } | Refusal {
  // Buffer.from stops silently at the first character that is not hex, so the form is checked before.
  const wellFormed = signatures.filter((signature) => /^[0-9a-f]{64}$/.test(signature));
  if (wellFormed.length === 0) return refuse("signature_malformed");
  return { ok: true, signatures: wellFormed.map((signature) => Buffer.from(signature, "hex")) };
}
