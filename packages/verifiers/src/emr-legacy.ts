import type { ParsedSecret } from "./parse-secret.ts";
import { parseStripeSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";
import { signTimestamped, verifyTimestamped } from "./timestamped-signature.ts";
import type { Accepted, Refusal } from "./verdict.ts";
import { defaultToleranceSeconds, type VerificationInput } from "./verification-input.ts";

const charactersMin = 28;

/** Reads an EMR's legacy secret, `ehs_` and at least 24 characters; the key is the whole text as UTF-8. */
export function parseEmrLegacySecret(text: string): ParsedSecret<HmacKey> {
  if (!text.startsWith("ehs_")) {
    return { ok: false, code: "prefix_unknown", detail: "a legacy EMR secret starts with ehs_" };
  }
  if (text.length < charactersMin) {
    return { ok: false, code: "length", detail: "ehs_ must be followed by at least 24 characters" };
  }
  return parseStripeSecret(text);
}

/**
 * Verifies an EMR that cannot sign by Standard Webhooks: `X-EMR-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256
 * over `<t>.<raw body>`. Keys come from {@link parseEmrLegacySecret}. Never throws.
 */
export function verifyEmrLegacy(input: VerificationInput<HmacKey>): Accepted | Refusal {
  const { toleranceSeconds = defaultToleranceSeconds } = input;
  return verifyTimestamped("x-emr-signature", { ...input, toleranceSeconds });
}

/** Signs `body` at `timestampSeconds`. Returns the value of `X-EMR-Signature`. */
export const signEmrLegacy = (key: HmacKey, timestampSeconds: number, body: Uint8Array): string =>
  signTimestamped([key], timestampSeconds, body);
