import { createHmac } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import { readTimestamped } from "./read-timestamped.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Accepted, type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/**
 * Verifies a header `t=<seconds>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 over `<t>.<raw body>`. Several `v1` are normal
 * while a secret is being rolled; other versions are ignored. Never throws.
 */
export function verifyTimestamped(
  headerName: string,
  input: VerificationInput<HmacKey> & { toleranceSeconds: number },
): Accepted | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const claim = readTimestamped(headerName, input);
  if (!claim.ok) return claim;
  const candidates = claim.signatures.map((signature) => Buffer.from(signature, "hex"));
  for (const [matchedSecretIndex, secret] of input.secrets.entries()) {
    const expected = computeSignature(secret, claim.signedPrefix, input.rawBody).digest();
    if (candidates.some((signature) => equalInConstantTime(signature, expected))) {
      return { ok: true, timestampSeconds: claim.timestampSeconds, matchedSecretIndex };
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
    header += `,v1=${computeSignature(key, `${timestampSeconds}.`, body).digest("hex")}`;
  return header;
}

function computeSignature(secret: HmacKey, signedPrefix: string, body: Uint8Array) {
  return createHmac("sha256", secret.key).update(signedPrefix).update(body);
}
