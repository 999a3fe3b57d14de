import type { VerifyingKey } from "./signing-key.ts";
import { type HeaderFamily, readStandardWebhookHeaders } from "./standard-webhook-headers.ts";
import { isMessageId, signedPrefix } from "./standard-webhook-message.ts";
import { checkTimestamp } from "./timestamp.ts";
import { type Refusal, refuse } from "./verdict.ts";
import { defaultToleranceSeconds, type RequestHeaders } from "./verification-input.ts";

/** A kind of key that a signature can be checked with. */
export type KeyAlgorithm = VerifyingKey["algorithm"];

/** What a Standard Webhooks request claims: what is signed in front of the body, and the signatures to check it with. */
export type StandardWebhookClaim = {
  ok: true;
  id: string;
  family: HeaderFamily;
  timestampSeconds: number;
  signedPrefix: string;
  /** Base64 of exactly 32 bytes each, well-formed. */
  v1: string[];
  /** Base64 of exactly 64 bytes each, well-formed. */
  v1a: string[];
};

/** What of a request is read before any cryptography. `algorithms`: those of the keys at hand. */
export type StandardWebhookRequest = {
  headers: RequestHeaders;
  nowMs: number;
  toleranceSeconds?: number;
  family?: HeaderFamily;
  algorithms: readonly KeyAlgorithm[];
};

const signaturesMax = 16;
// Exactly 32 and 64 bytes in canonical base64: the last character has no stray bits. Counting is left to the length,
// which is several times faster than {42}.
const isHmac = (text: string): boolean =>
  text.length === 44 && /^[A-Za-z0-9+/]+[AEIMQUYcgkosw048]=$/.test(text);
const isEd25519 = (text: string): boolean => text.length === 88 && /^[A-Za-z0-9+/]+[AQgw]==$/.test(text);

/** Reads and checks everything about a Standard Webhooks request that needs no key. Runs anywhere. Never throws. */
export function readStandardWebhook(request: StandardWebhookRequest): StandardWebhookClaim | Refusal {
  const headers = readStandardWebhookHeaders(request.headers, request.family);
  if (!headers.ok) return headers;
  const { id, family } = headers;
  if (!isMessageId(id)) return refuse("id_invalid");
  const toleranceSeconds = request.toleranceSeconds ?? defaultToleranceSeconds;
  const timestamp = checkTimestamp(headers.timestamp, request.nowMs, toleranceSeconds);
  if (!timestamp.ok) return timestamp;
  const candidates = readCandidates(headers.signatures, request.algorithms);
  if (!candidates.ok) return candidates;
  const { v1, v1a } = candidates;
  return {
    ok: true,
    id,
    family,
    timestampSeconds: timestamp.seconds,
    signedPrefix: signedPrefix(id, headers.timestamp),
    v1,
    v1a,
  };
}

function readCandidates(
  header: string,
  algorithms: readonly KeyAlgorithm[],
): { ok: true; v1: string[]; v1a: string[] } | Refusal {
  // Two headers come as one, joined like this; in one header a space divides entries, and base64 has no comma.
  if (header.includes(", ")) return refuse("header_repeated");
  const entries = header.split(" ");
  if (entries.length > signaturesMax) return refuse("signatures_too_many");
  const v1 = algorithms.includes("hmac-sha256") ? entriesOf(entries, "v1,") : [];
  const v1a = algorithms.includes("ed25519") ? entriesOf(entries, "v1a,") : [];
  if (v1.length + v1a.length === 0) return refuse("signature_unsupported");
  const wellFormed = {
    v1: v1.filter(isHmac),
    v1a: v1a.filter(isEd25519),
  };
  if (wellFormed.v1.length + wellFormed.v1a.length === 0) return refuse("signature_malformed");
  return { ok: true, ...wellFormed };
}

function entriesOf(entries: readonly string[], version: string): string[] {
  const found: string[] = [];
  for (const entry of entries) if (entry.startsWith(version)) found.push(entry.slice(version.length));
  return found;
}
