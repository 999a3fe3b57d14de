import { createHmac } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import type { HmacKey } from "./signing-key.ts";
import { type Refusal, refuse } from "./verdict.ts";

const tagBytes = 16;

/** 16 bytes of HMAC-SHA256 under our own secret, over the parts joined by line breaks: 22 characters of base64url. */
export const signPathTag = (key: HmacKey, parts: readonly string[]): string =>
  digest(key, parts).toString("base64url");

/**
 * Verifies the tag in an address that we gave to a sender who signs nothing: it proves that the parts beside it are as we
 * wrote them. Parts must hold no line break. Keys come from `parseBodySecret`. Never throws.
 */
export function verifyPathTag(
  secrets: readonly HmacKey[],
  parts: readonly string[],
  tag: string,
): { ok: true; matchedSecretIndex: number } | Refusal {
  // Buffer.from skips what is not base64url, and two texts may end in the same bytes.
  if (!/^[A-Za-z0-9_-]{21}[AQgw]$/.test(tag)) return refuse("signature_malformed");
  if (parts.some((part) => part.includes("\n"))) return refuse("signature_mismatch");
  const given = Buffer.from(tag, "base64url");
  const matchedSecretIndex = secrets.findIndex((key) => equalInConstantTime(digest(key, parts), given));
  return matchedSecretIndex === -1 ? refuse("signature_mismatch") : { ok: true, matchedSecretIndex };
}

const digest = ({ key }: HmacKey, parts: readonly string[]): Buffer =>
  createHmac("sha256", key).update(parts.join("\n")).digest().subarray(0, tagBytes);
