import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Ed25519SigningKey, Ed25519VerifyingKey } from "./signing-key.ts";

// DER around a bare key (RFC 8410 §4 and §7); node:crypto takes no bare ed25519 keys.
const publicKeyPrefix = Buffer.from("302a300506032b6570032100", "hex");
const privateKeyPrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Makes a verifying key of the 32 bytes of an ed25519 public key. */
export function ed25519VerifyingKey(publicKey: Uint8Array): Ed25519VerifyingKey {
  const der = Buffer.concat([publicKeyPrefix, publicKey]);
  return { algorithm: "ed25519", publicKey: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** Makes a signing key of the 32-byte seed of an ed25519 pair, with its public half derived. */
export function ed25519SigningKey(seed: Uint8Array): Ed25519SigningKey {
  const der = Buffer.concat([privateKeyPrefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { algorithm: "ed25519", privateKey, publicKey: createPublicKey(privateKey) };
}

/** The 32 bytes of a key's public half. */
export function ed25519PublicBytes(key: Ed25519VerifyingKey): Buffer {
  return key.publicKey.export({ format: "der", type: "spki" }).subarray(publicKeyPrefix.length);
}
