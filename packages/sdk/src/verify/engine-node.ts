import {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { SyncEngine } from "./engine.ts";
import type { SignedClaim } from "./signed-claim.ts";
import type { VerifyingKey } from "./verifying-keys.ts";

// On Node 24 an HMAC with a fresh key costs several times one with a KeyObject.
const keyObjects = new WeakMap<VerifyingKey, KeyObject>();

function keyObjectOf(key: VerifyingKey): KeyObject {
  const known = keyObjects.get(key);
  if (known) return known;
  const made = key.algorithm === "ed25519" ? publicKeyOf(key.bytes) : createSecretKey(key.bytes);
  keyObjects.set(key, made);
  return made;
}

// DER around a bare key (RFC 8410 §4); node:crypto takes no bare ed25519 keys.
function publicKeyOf(bytes: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

// Signatures in base64 have 44 characters, in hexadecimal 64: written into the same memory every time.
const scratch = new Map([44, 64].map((length) => [length, [Buffer.alloc(length), Buffer.alloc(length)]]));

function equal(given: string, expected: string): boolean {
  const [a, b] = scratch.get(expected.length) ?? [];
  if (given.length !== expected.length || a === undefined || b === undefined) return false;
  a.write(given, "latin1");
  b.write(expected, "latin1");
  return timingSafeEqual(a, b);
}

function matches(claim: SignedClaim, key: VerifyingKey): boolean {
  const { signedPrefix, body, hmac, hmacEncoding, ed25519 } = claim;
  if (key.algorithm === "hmac-sha256") {
    if (hmac.length === 0) return false;
    const expected = createHmac("sha256", keyObjectOf(key))
      .update(signedPrefix)
      .update(body)
      .digest(hmacEncoding);
    return hmac.some((signature) => equal(signature, expected));
  }
  if (ed25519.length === 0) return false;
  const signed = Buffer.concat([Buffer.from(signedPrefix), body]);
  return ed25519.some((signature) =>
    verify(null, signed, keyObjectOf(key), Buffer.from(signature, "base64")),
  );
}

/** node:crypto, with keys made once per secret. */
export const engine: SyncEngine = {
  kind: "sync",
  matches,
  digest: (bytes) => createHash("sha256").update(bytes).digest("hex"),
};
