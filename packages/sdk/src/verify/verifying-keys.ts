import { decodeSecret, findEkaTextProblem, type UnusableSecret } from "@carewire/verifiers/portable";
import { isName } from "../events/fields.ts";
import { type RefusedWebhook, refuseWebhook, type WebhookSecrets } from "./verify-result.ts";

/** A key as bytes, decoded once per secret; engines keep what they make of it under its identity. */
export interface VerifyingKey {
  readonly algorithm: "hmac-sha256" | "ed25519";
  readonly bytes: Uint8Array;
}

type Decoded = { ok: true; key: VerifyingKey } | UnusableSecret;

const cachedMax = 256;
const caches = { standard: new Map<string, Decoded>(), eka: new Map<string, Decoded>() };
const decoders = { standard: decodeStandard, eka: decodeEka };

/** Prepares the secrets for one kind of scheme, or says which of them cannot be used and why. */
export function prepareKeys(
  secrets: WebhookSecrets,
  kind: "standard" | "eka",
): { ok: true; keys: VerifyingKey[] } | RefusedWebhook {
  const texts = typeof secrets === "string" ? [secrets] : (secrets ?? []);
  if (texts.length === 0) return refuseWebhook("secret_missing");
  const keys: VerifyingKey[] = [];
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index];
    if (!isName(text)) return refuseWebhook("secret_missing");
    const decoded = decodeOnce(text, kind);
    if (!decoded.ok) {
      return refuseWebhook("secret_invalid", ` (number ${index + 1} of ${texts.length}): ${decoded.detail}.`);
    }
    keys.push(decoded.key);
  }
  return { ok: true, keys };
}

function decodeOnce(text: string, kind: "standard" | "eka"): Decoded {
  const cache = caches[kind];
  const known = cache.get(text);
  if (known) return known;
  const decoded = decoders[kind](text);
  for (const oldest of cache.keys()) {
    if (cache.size < cachedMax) break;
    cache.delete(oldest);
  }
  cache.set(text, decoded);
  return decoded;
}

function decodeStandard(text: string): Decoded {
  const decoded = decodeSecret(text);
  if (!decoded.ok) return decoded;
  const { prefix, bytes } = decoded;
  if (prefix === "whsec_") return { ok: true, key: { algorithm: "hmac-sha256", bytes } };
  // The public half is all a receiver needs of a pair.
  const publicBytes = prefix === "whsk_" ? bytes.subarray(32) : bytes;
  return { ok: true, key: { algorithm: "ed25519", bytes: publicBytes } };
}

function decodeEka(text: string): Decoded {
  const problem = findEkaTextProblem(text);
  if (problem) return problem;
  // What everybody may know must never be taken for a shared secret.
  if (text.startsWith("whpk_")) {
    const detail = "a whpk_ key cannot check Eka-Webhook-Signature, which needs an Eka signing key";
    return { ok: false, code: "form", detail };
  }
  return { ok: true, key: { algorithm: "hmac-sha256", bytes: new TextEncoder().encode(text) } };
}
