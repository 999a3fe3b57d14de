import type { HmacKey } from "./signing-key.ts";
import { signTimestamped, verifyTimestamped } from "./timestamped-signature.ts";
import type { Accepted, Refusal } from "./verdict.ts";
import { defaultToleranceSeconds, type VerificationInput } from "./verification-input.ts";

/**
 * Verifies a Stripe webhook: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over
 * `<t>.<raw body>`. Several `v1` are normal while a secret is being rolled; `v0` (test mode only) is ignored.
 * Stricter than Stripe's library where that one is lenient: future timestamps, `t=123abc`, two `t`.
 * Keys come from `parseStripeSecret`. Never throws.
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export function verifyStripe(input: VerificationInput<HmacKey>): Accepted | Refusal {
  const { toleranceSeconds = defaultToleranceSeconds } = input;
  return verifyTimestamped("stripe-signature", { ...input, toleranceSeconds });
}

/** Signs `body` as Stripe does at `timestampSeconds`. Returns the value of `Stripe-Signature`. */
export function signStripe(secret: HmacKey, timestampSeconds: number, body: Uint8Array): string {
  return signTimestamped([secret], timestampSeconds, body);
}
