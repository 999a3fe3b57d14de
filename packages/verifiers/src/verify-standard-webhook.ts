import { createHmac, verify } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import type { VerifyingKey } from "./signing-key.ts";
import { type HeaderFamily, readStandardWebhookHeaders } from "./standard-webhook-headers.ts";
import { isMessageId, signedPrefix } from "./standard-webhook-message.ts";
import { checkTimestamp } from "./timestamp.ts";
import { type Accepted, type Refusal, refuse } from "./verdict.ts";
import { defaultToleranceSeconds, type VerificationInput } from "./verification-input.ts";

/** A verified message: its id (the key to deduplicate by) and the header family it came with. */
export type AcceptedStandardWebhook = Accepted & { id: string; family: HeaderFamily };

/** {@link VerificationInput}, and the one header family to look at (default: either). */
export type StandardWebhookInput = VerificationInput<VerifyingKey> & { family?: HeaderFamily };

type Candidates = { v1: Buffer[]; v1a: Buffer[] };

const signaturesMax = 16;
// Exactly 32 and 64 bytes in canonical base64: the last character has no stray bits.
const hmacPattern = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const ed25519Pattern = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/**
 * Verifies a Standard Webhooks (or Svix) request: `v1` with shared secrets, `v1a` with ed25519 keys, over
 * `<id>.<timestamp>.<raw body>`. Unknown versions are skipped. Keys come from `parseVerifyingSecret`.
 * Never throws.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyStandardWebhook(input: StandardWebhookInput): AcceptedStandardWebhook | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const headers = readStandardWebhookHeaders(input.headers, input.family);
  if (!headers.ok) return headers;
  const { id, family } = headers;
  if (!isMessageId(id)) return refuse("id_invalid");
  const timestamp = checkTimestamp(
    headers.timestamp,
    input.nowMs,
    input.toleranceSeconds ?? defaultToleranceSeconds,
  );
  if (!timestamp.ok) return timestamp;
  const candidates = readCandidates(headers.signatures, input.secrets);
  if (!candidates.ok) return candidates;

  const prefix = signedPrefix(id, headers.timestamp);
  const matchedSecretIndex = input.secrets.findIndex((secret) =>
    matches(secret, prefix, input.rawBody, candidates),
  );
  if (matchedSecretIndex < 0) return refuse("signature_mismatch");
  return { ok: true, timestampSeconds: timestamp.seconds, matchedSecretIndex, id, family };
}

function readCandidates(
  header: string,
  secrets: readonly VerifyingKey[],
): ({ ok: true } & Candidates) | Refusal {
  const entries = header.split(" ");
  if (entries.length > signaturesMax) return refuse("signatures_too_many");
  const entriesOf = (version: string) =>
    entries
      .filter((entry) => entry.startsWith(`${version},`))
      .map((entry) => entry.slice(version.length + 1));
  const hasKey = (algorithm: VerifyingKey["algorithm"]) => secrets.some((key) => key.algorithm === algorithm);

  const hmacEntries = hasKey("hmac-sha256") ? entriesOf("v1") : [];
  const ed25519Entries = hasKey("ed25519") ? entriesOf("v1a") : [];
  if (hmacEntries.length + ed25519Entries.length === 0) return refuse("signature_unsupported");
  const v1 = decode(hmacEntries, hmacPattern);
  const v1a = decode(ed25519Entries, ed25519Pattern);
  if (v1.length + v1a.length === 0) return refuse("signature_malformed");
  return { ok: true, v1, v1a };
}

// Buffer.from skips characters that are not base64, so the form is checked before.
function decode(entries: string[], pattern: RegExp): Buffer[] {
  return entries.filter((entry) => pattern.test(entry)).map((entry) => Buffer.from(entry, "base64"));
}

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
