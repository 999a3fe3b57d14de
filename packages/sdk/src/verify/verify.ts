import { engine } from "#engine";
import type { RawBody, VerifyOptions, VerifyResult, WebhookSecrets } from "./verify-result.ts";
import { verifyAsyncWith, verifyWith } from "./verify-with.ts";
import type { WebhookHeaders } from "./webhook-headers.ts";

/**
 * Verifies a webhook request. `rawBody` is the body exactly as received, `secrets` one secret or several during a
 * rotation: `whsec_…` for HMAC signatures (`v1`), `whpk_…` for ed25519 ones (`v1a`), an Eka signing key for
 * `Eka-Webhook-Signature`.
 *
 * Never throws, whatever the request holds; says what is wrong instead. Needs node:crypto (Node, Bun, Deno): builds for
 * edge runtimes and browsers refuse with `sync_unavailable`, use {@link verifyAsync} there.
 */
export function verify(
  rawBody: RawBody,
  headers: WebhookHeaders,
  secrets: WebhookSecrets,
  options: VerifyOptions = {},
): VerifyResult {
  return verifyWith(engine, rawBody, headers, secrets, options);
}

/** {@link verify} for every runtime, with the same results. Never rejects. */
export function verifyAsync(
  rawBody: RawBody,
  headers: WebhookHeaders,
  secrets: WebhookSecrets,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  return verifyAsyncWith(engine, rawBody, headers, secrets, options);
}
