import { ekaHeaderName, ekaToleranceSeconds } from "./eka-header.ts";
import type { HmacKey } from "./signing-key.ts";
import { signTimestamped, verifyTimestamped } from "./timestamped-signature.ts";
import type { Accepted, Refusal } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/**
 * Verifies an Eka Care webhook: `Eka-Webhook-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<t>.<raw body>`.
 * `toleranceSeconds` is 180 by default, as in Eka's example. Keys come from `parseEkaSecret`. Never throws.
 */
export function verifyEka(input: VerificationInput<HmacKey>): Accepted | Refusal {
  const { toleranceSeconds = ekaToleranceSeconds } = input;
  return verifyTimestamped(ekaHeaderName, { ...input, toleranceSeconds });
}

/**
 * Signs `body` as Eka Care does at `timestampSeconds`, with every key, for the time of a rotation. Returns the value of
 * `Eka-Webhook-Signature`. Give the newest key last: receivers built after Eka's example, which reads the header into a
 * dictionary, see only the last `v1`.
 */
export function signEka(keys: readonly HmacKey[], timestampSeconds: number, body: Uint8Array): string {
  return signTimestamped(keys, timestampSeconds, body);
}
