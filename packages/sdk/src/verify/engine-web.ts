import type { AsyncEngine } from "./engine.ts";
import type { SignedClaim } from "./signed-claim.ts";
import type { VerifyingKey } from "./verifying-keys.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const algorithms = {
  "hmac-sha256": { name: "HMAC", hash: "SHA-256" },
  ed25519: { name: "Ed25519" },
} as const;

const cryptoKeys = new WeakMap<VerifyingKey, Promise<CryptoKey>>();

function cryptoKeyOf(key: VerifyingKey): Promise<CryptoKey> {
  const known = cryptoKeys.get(key);
  if (known) return known;
  const bytes = new Uint8Array(key.bytes);
  const made = crypto.subtle.importKey("raw", bytes, algorithms[key.algorithm], false, ["verify"]);
  cryptoKeys.set(key, made);
  return made;
}

async function matches(claim: SignedClaim, key: VerifyingKey): Promise<boolean> {
  const isHmac = key.algorithm === "hmac-sha256";
  const signatures = isHmac ? claim.hmac : claim.ed25519;
  if (signatures.length === 0) return false;
  const decode = isHmac && claim.hmacEncoding === "hex" ? decodeHex : decodeBase64;
  const cryptoKey = await cryptoKeyOf(key);
  const signed = concat(new TextEncoder().encode(claim.signedPrefix), claim.body);
  for (const signature of signatures) {
    // Compares in a time that does not depend on where they differ.
    const isRight = await crypto.subtle.verify(
      algorithms[key.algorithm].name,
      cryptoKey,
      decode(signature),
      signed,
    );
    if (isRight) return true;
  }
  return false;
}

function concat(prefix: Uint8Array, body: Uint8Array): Bytes {
  const whole = new Uint8Array(prefix.length + body.length);
  whole.set(prefix);
  whole.set(body, prefix.length);
  return whole;
}

const decodeBase64 = (text: string): Bytes =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

const decodeHex = (text: string): Bytes =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** WebCrypto: edge runtimes, browsers, and wherever there is no node:crypto. */
export const engine: AsyncEngine = { kind: "async", matches, digest };
