import { createHmac } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import type { ParsedSecret } from "./parse-secret.ts";
import { parseStripeSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Refusal, refuse } from "./verdict.ts";

/**
 * What a signature over nothing but the body tells: it holds no time and no id, so only remembering requests keeps
 * repeats out.
 */
export type AcceptedBodySignature = { ok: true; matchedSecretIndex: number };

/** Reads the secret of a scheme that signs the body alone. The key is the whole text as UTF-8, whatever it looks like. */
export const parseBodySecret = (text: string): ParsedSecret<HmacKey> => parseStripeSecret(text);

/** HMAC-SHA256 over the body. */
export const computeBodySignature = (key: HmacKey, body: Uint8Array): Buffer =>
  createHmac("sha256", key.key).update(body).digest();

/** Finds the secret that made a signature. Never throws. */
export function matchBodySignature(
  secrets: readonly HmacKey[],
  rawBody: Uint8Array,
  signature: Uint8Array,
): AcceptedBodySignature | Refusal {
  const matchedSecretIndex = secrets.findIndex((key) =>
    equalInConstantTime(computeBodySignature(key, rawBody), signature),
  );
  return matchedSecretIndex === -1 ? refuse("signature_mismatch") : { ok: true, matchedSecretIndex };
}
