import { ed25519PublicBytes } from "./ed25519.ts";
import { parseSigningSecret } from "./parse-secret.ts";

/**
 * The public half that a receiver verifies with: `whpk_…` of a `whsk_…`. Null for every other text, also for a shared
 * secret, which has no public half.
 */
export function verifyingSecretOf(signingSecret: string): string | null {
  const parsed = parseSigningSecret(signingSecret);
  if (!parsed.ok || parsed.key.algorithm !== "ed25519") return null;
  return `whpk_${ed25519PublicBytes(parsed.key).toString("base64")}`;
}
