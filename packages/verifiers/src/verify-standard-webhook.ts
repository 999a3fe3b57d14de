import { createHmac, verify } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import { readStandardWebhook } from "./read-standard-webhook.ts";
import type { VerifyingKey } from "./signing-key.ts";
import type { HeaderFamily } from "./standard-webhook-headers.ts";
import { type Accepted, type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/** A verified message: its id (the key to deduplicate by) and the header family it came with. */
export type AcceptedStandardWebhook = Accepted & { id: string; family: HeaderFamily };

/** {@link VerificationInput}, and the one header family to look at (default: either). */
export type StandardWebhookInput = VerificationInput<VerifyingKey> & { family?: HeaderFamily };

type Candidates = { v1: Buffer[]; v1a: Buffer[] };

/**
 * Verifies a Standard Webhooks (or Svix) request: `v1` with shared secrets, `v1a` with ed25519 keys, over
 * `<id>.<timestamp>.<raw body>`. Unknown versions are skipped. Keys come from `parseVerifyingSecret`.
 * Never throws.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyStandardWebhook(input: StandardWebhookInput): AcceptedStandardWebhook | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const { headers, nowMs, toleranceSeconds, family, secrets } = input;
  const algorithms = secrets.map(({ algorithm }) => algorithm);
  const claim = readStandardWebhook({ headers, nowMs, toleranceSeconds, family, algorithms });
  if (!claim.ok) return claim;
  const candidates = { v1: claim.v1.map(decode), v1a: claim.v1a.map(decode) };
  const matchedSecretIndex = secrets.findIndex((secret) =>
    matches(secret, claim.signedPrefix, input.rawBody, candidates),
  );
  if (matchedSecretIndex < 0) return refuse("signature_mismatch");
  const { id, timestampSeconds } = claim;
  return { ok: true, timestampSeconds, matchedSecretIndex, id, family: claim.family };
}

const decode = (signature: string): Buffer => Buffer.from(signature, "base64");

function matches(
  secret: VerifyingKey,
  prefix: string,
  rawBody: Uint8Array,
  { v1, v1a }: Candidates,
): boolean {
  switch (secret.algorithm) {
    case "hmac-sha256": {
      if (v1.length === 0) return false;
      const expected = createHmac("sha256", secret.key).update(prefix).update(rawBody).digest();
      return v1.some((signature) => equalInConstantTime(signature, expected));
    }
    case "ed25519": {
      if (v1a.length === 0) return false;
      const signed = Buffer.concat([Buffer.from(prefix), rawBody]);
      return v1a.some((signature) => verify(null, signed, secret.publicKey, signature));
    }
  }
}
