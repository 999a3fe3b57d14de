import { isUint8Array } from "node:util/types";
import { type AcceptedBodySignature, computeBodySignature, matchBodySignature } from "./body-signature.ts";
import { readHeader } from "./request-header.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/**
 * Verifies `X-Webhook-Signature: sha256=<64 hex digits>`, or the digits alone: HMAC-SHA256 over the raw body, as many
 * form backends sign. Keys come from `parseBodySecret`. Never throws.
 */
export function verifyHexSignature(
  input: Omit<VerificationInput<HmacKey>, "nowMs" | "toleranceSeconds">,
): AcceptedBodySignature | Refusal {
  if (!isUint8Array(input.rawBody)) return refuse("body_not_bytes");
  const header = readHeader(input.headers, "x-webhook-signature");
  if (!header.ok) return header;
  const [, scheme, encoded = ""] = /^(?:([a-z0-9]+)=)?([\s\S]*)$/i.exec(header.value) ?? [];
  if (scheme !== undefined && scheme !== "sha256") return refuse("signature_unsupported");
  // Buffer.from stops silently at the first character that is not hex, so the form is checked before.
  if (!/^[0-9a-f]{64}$/.test(encoded)) return refuse("signature_malformed");
  return matchBodySignature(input.secrets, input.rawBody, Buffer.from(encoded, "hex"));
}

/** Signs `body`. Returns the value of `X-Webhook-Signature`. */
export const signHexSignature = (key: HmacKey, body: Uint8Array): string =>
  `sha256=${computeBodySignature(key, body).toString("hex")}`;
