import { isUint8Array } from "node:util/types";
import { type AcceptedBodySignature, computeBodySignature, matchBodySignature } from "./body-signature.ts";
import { readHeader } from "./request-header.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

const scheme = "sha256=";

/**
 * Verifies a Typeform webhook: `Typeform-Signature: sha256=<base64>`, HMAC-SHA256 over the raw body. Keys come from
 * `parseBodySecret`. Never throws.
 * @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/
 */
export function verifyTypeform(
  input: Omit<VerificationInput<HmacKey>, "nowMs" | "toleranceSeconds">,
): AcceptedBodySignature | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const header = readHeader(input.headers, "typeform-signature");
  if (!header.ok) return header;
  if (!header.value.startsWith(scheme)) return refuse("signature_unsupported");
  const encoded = header.value.slice(scheme.length);
  // Exactly 32 bytes in canonical base64; Buffer.from would skip what is not base64.
  if (!/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(encoded)) return refuse("signature_malformed");
  return matchBodySignature(input.secrets, input.rawBody, Buffer.from(encoded, "base64"));
}

/** Signs `body` as Typeform does. Returns the value of `Typeform-Signature`. */
export const signTypeform = (key: HmacKey, body: Uint8Array): string =>
  scheme + computeBodySignature(key, body).toString("base64");
