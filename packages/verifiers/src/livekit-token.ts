import { createHmac } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import type { LiveKitKey } from "./livekit-key.ts";
import { type LiveKitRefusal, refuseLiveKit } from "./livekit-verdict.ts";

/** The claims of a token that one of the keys signed. */
export type OpenedToken = { ok: true; claims: Record<string, unknown>; matchedSecretIndex: number };

const signatureCharacters = 43;

/**
 * Opens a JWT that one of `keys` signed with HS256 and names as its issuer. The signature is checked first and always
 * as HS256, whatever the token claims about itself: nothing in it is parsed before that. Never throws.
 */
export function openLiveKitToken(token: string, keys: readonly LiveKitKey[]): OpenedToken | LiveKitRefusal {
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([^.]*)$/.exec(token);
  if (!parts) return refuseLiveKit("header_malformed");
  const [, header = "", payload = "", encodedSignature = ""] = parts;
  const signature = decodeSignature(encodedSignature);
  if (!signature) return refuseLiveKit("signature_malformed");
  const signed = `${header}.${payload}`;
  const signers = keys.map((key) => equalInConstantTime(computeSignature(key, signed), signature));
  if (!signers.includes(true)) return refuseLiveKit("signature_mismatch");

  const { alg, crit } = parseObject(header) ?? {};
  // `crit` names extensions that whoever does not know them must refuse; we know none.
  if (alg !== "HS256" || crit !== undefined) return refuseLiveKit("signature_unsupported");
  const claims = parseObject(payload);
  if (!claims) return refuseLiveKit("header_malformed");
  const matchedSecretIndex = keys.findIndex((key, i) => signers[i] === true && key.apiKey === claims.iss);
  return matchedSecretIndex === -1
    ? refuseLiveKit("issuer_unknown")
    : { ok: true, claims, matchedSecretIndex };
}

/** Makes the token that LiveKit's server would: HS256, claims in the order given. */
export function sealLiveKitToken(key: LiveKitKey, claims: object): string {
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${computeSignature(key, signed).toString("base64url")}`;
}

const computeSignature = (key: LiveKitKey, signed: string): Buffer =>
  createHmac("sha256", key.key).update(signed).digest();

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decodeSignature(text: string): Buffer | null {
  if (text.length !== signatureCharacters) return null;
  const bytes = Buffer.from(text, "base64url");
  // The last character holds two bits that decode to nothing: only one spelling of them is the signature.
  return bytes.toString("base64url") === text ? bytes : null;
}

function parseObject(encoded: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
