import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type { DataKey, Vault } from "../vault.ts";

const nonceBytes = 12;
const tagBytes = 16;

/** A vault for tests: AES-256-GCM as in production, its keys derived from the organization so that processes agree. */
export function createAesVault(): Vault {
  return {
    async dataKey(organizationId) {
      return createDataKey(createSecretKey(createHash("sha256").update(organizationId).digest()));
    },
  };
}

function createDataKey(key: KeyObject): DataKey {
  return {
    seal(aad, bytes) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(aad));
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(aad, blob) {
      const sealed = Buffer.from(blob);
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const body = sealed.subarray(nonceBytes, sealed.length - tagBytes);
      return Buffer.concat([decipher.update(body), decipher.final()]);
    },
  };
}
