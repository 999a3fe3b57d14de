import { createHmac } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import { type ParsedSecret, parseStripeSecret } from "./parse-secret.ts";
import { readHeader } from "./request-header.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/** What Meta's signature tells: it holds no time, so only remembering events keeps repeats out. */
export type AcceptedMeta = { ok: true; matchedSecretIndex: number };

const scheme = "sha256=";

/** Reads the secret of a Meta app. As with Stripe, the key is the whole text as UTF-8. */
export const parseMetaSecret = (text: string): ParsedSecret<HmacKey> => parseStripeSecret(text);

/**
 * Verifies a webhook of Meta's platform (WhatsApp): `X-Hub-Signature-256: sha256=<64 hex digits>`, HMAC-SHA256 over the
 * raw body. Meta signs JSON with escapes (`\u00e9`, `\/`), so nothing but the bytes received will do. `X-Hub-Signature`
 * (SHA-1) is ignored. Keys come from `parseMetaSecret`. Never throws.
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
 */
export function verifyMeta(
  input: Omit<VerificationInput<HmacKey>, "nowMs" | "toleranceSeconds">,
): AcceptedMeta | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const header = readHeader(input.headers, "x-hub-signature-256");
  if (!header.ok) return header;
  if (!header.value.startsWith(scheme)) return refuse("signature_unsupported");
  const encoded = header.value.slice(scheme.length);
  // Buffer.from stops silently at the first character that is not hex, so the form is checked before.
  if (!/^[0-9a-f]{64}$/.test(encoded)) return refuse("signature_malformed");
  const signature = Buffer.from(encoded, "hex");
  const matchedSecretIndex = input.secrets.findIndex((key) =>
    equalInConstantTime(computeSignature(key, input.rawBody).digest(), signature),
  );
  return matchedSecretIndex === -1 ? refuse("signature_mismatch") : { ok: true, matchedSecretIndex };
}

/** Signs `body` as Meta does. Returns the value of `X-Hub-Signature-256`. */
export function signMeta(key: HmacKey, body: Uint8Array): string {
  return scheme + computeSignature(key, body).digest("hex");
}

const computeSignature = (key: HmacKey, body: Uint8Array) => createHmac("sha256", key.key).update(body);
