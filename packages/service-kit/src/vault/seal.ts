import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { VaultError } from "./vault-error.ts";

/**
 * Blob: version byte, data key version (u16, big-endian), 96-bit IV, ciphertext, 128-bit tag.
 * AES-256-GCM with random IVs, NIST SP 800-38D section 8.2.2.
 */
const blobVersion = 1;
const ivOffset = 3;
export const ivBytes = 12;
const bodyOffset = ivOffset + ivBytes;
const tagBytes = 16;
const algorithm = "aes-256-gcm";
const cipherOptions = { authTagLength: tagBytes };

/** Encrypts `bytes` under one data key; `iv` must be 12 random bytes never used with this key before. */
export function seal(
  key: KeyObject,
  keyVersion: number,
  iv: Uint8Array,
  aad: string,
  bytes: Uint8Array,
): Buffer {
  const cipher = createCipheriv(algorithm, key, iv, cipherOptions);
  cipher.setAAD(Buffer.from(aad, "utf8"));
  const blob = Buffer.allocUnsafe(bodyOffset + bytes.length + tagBytes);
  blob[0] = blobVersion;
  blob.writeUInt16BE(keyVersion, 1);
  blob.set(iv, ivOffset);
  blob.set(cipher.update(bytes), bodyOffset);
  cipher.final();
  blob.set(cipher.getAuthTag(), bodyOffset + bytes.length);
  return blob;
}

/** The data key version a blob was sealed with. Throws {@link VaultError} `malformed`. */
export function keyVersionOf(blob: Uint8Array): number {
  if (blob.length < bodyOffset + tagBytes || blob[0] !== blobVersion) throw new VaultError("malformed");
  return (blob[1]! << 8) | blob[2]!;
}

/** Decrypts what {@link seal} made. Throws {@link VaultError} `malformed` or `not_authentic`. */
export function open(key: KeyObject, aad: string, blob: Uint8Array): Buffer {
  keyVersionOf(blob);
  const tagOffset = blob.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, blob.subarray(ivOffset, bodyOffset), cipherOptions);
  decipher.setAAD(Buffer.from(aad, "utf8"));
  decipher.setAuthTag(blob.subarray(tagOffset));
  const bytes = decipher.update(blob.subarray(bodyOffset, tagOffset));
  try {
    decipher.final();
  } catch {
    throw new VaultError("not_authentic");
  }
  return bytes;
}
