import type { AsyncEngine, VerifyEngine } from "./engine.ts";
import { messageIdOf } from "./message-id.ts";
import { readClaim, type SignedClaim } from "./signed-claim.ts";
import {
  type RawBody,
  refuseWebhook,
  type VerifyOptions,
  type VerifyResult,
  type WebhookSecrets,
} from "./verify-result.ts";
import type { WebhookHeaders } from "./webhook-headers.ts";

/** Verifies with one engine at once, or refuses with `sync_unavailable` when it cannot. Never throws. */
export function verifyWith(
  engine: VerifyEngine,
  rawBody: RawBody,
  headers: WebhookHeaders,
  secrets: WebhookSecrets,
  options: VerifyOptions,
): VerifyResult {
  if (engine.kind === "async") return refuseWebhook("sync_unavailable");
  const claim = readClaim(rawBody, headers, secrets, options);
  if (!claim.ok) return claim;
  const index = claim.keys.findIndex((key) => engine.matches(claim, key));
  if (index < 0) return refuseWebhook("signature_mismatch");
  return accept(claim, index, claim.id ?? messageIdOf(claim) ?? bodyId(engine.digest(claim.body)));
}

/** {@link verifyWith} for every engine. Never rejects. */
export async function verifyAsyncWith(
  engine: VerifyEngine,
  rawBody: RawBody,
  headers: WebhookHeaders,
  secrets: WebhookSecrets,
  options: VerifyOptions,
): Promise<VerifyResult> {
  if (engine.kind === "sync") return verifyWith(engine, rawBody, headers, secrets, options);
  const claim = readClaim(rawBody, headers, secrets, options);
  if (!claim.ok) return claim;
  try {
    return await judge(engine, claim);
  } catch {
    // A runtime without Ed25519, or without WebCrypto at all (a page that was not loaded over https).
    return refuseWebhook("secret_invalid", ": this runtime's WebCrypto does not know its algorithm.");
  }
}

async function judge(engine: AsyncEngine, claim: SignedClaim): Promise<VerifyResult> {
  for (const [index, key] of claim.keys.entries()) {
    if (!(await engine.matches(claim, key))) continue;
    return accept(claim, index, claim.id ?? messageIdOf(claim) ?? bodyId(await engine.digest(claim.body)));
  }
  return refuseWebhook("signature_mismatch");
}

const bodyId = (digest: string): string => `sha256-${digest}`;

function accept(claim: SignedClaim, matchedSecretIndex: number, id: string): VerifyResult {
  const { timestampSeconds, scheme } = claim;
  return { ok: true, id, timestampSeconds, scheme, matchedSecretIndex };
}
