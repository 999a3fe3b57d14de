import type { KeyEncryptionKey } from "../env/schemas.ts";
import { open, seal } from "./seal.ts";
import { VaultError } from "./vault-error.ts";

/** Which row of `data_keys` a key belongs to. */
export interface DataKeyIdentity {
  organizationId: string;
  version: number;
}

/** A data key as its row holds it. */
export interface WrappedKey {
  key_encryption_key_id: string;
  wrapped_key: Buffer;
}

/** What {@link createKeyWrapper} needs. */
export interface KeyWrapperOptions {
  /** The first wraps, all of them unwrap. */
  keyEncryptionKeys: readonly KeyEncryptionKey[];
  nextIv: () => Uint8Array;
}

const aadOf = ({ organizationId, version }: DataKeyIdentity): string =>
  `data_keys:${organizationId}:${version}`;

/** Wraps data keys under the identity of their row. Throws without any key encryption key. */
export function createKeyWrapper({ keyEncryptionKeys, nextIv }: KeyWrapperOptions) {
  const [wrapping] = keyEncryptionKeys;
  if (wrapping === undefined) throw new Error("a vault needs at least one key encryption key");
  const byId = new Map(keyEncryptionKeys.map(({ id, key }) => [id, key]));
  return {
    /** Id of the key that wraps. */
    wrappingId: wrapping.id,
    wrap(identity: DataKeyIdentity, bytes: Uint8Array): WrappedKey {
      const wrapped = seal(wrapping.key, identity.version, nextIv(), aadOf(identity), bytes);
      return { key_encryption_key_id: wrapping.id, wrapped_key: wrapped };
    },
    /** The key's bytes; overwrite them when done. Throws {@link VaultError}. */
    unwrap(identity: DataKeyIdentity, row: WrappedKey): Buffer {
      const key = byId.get(row.key_encryption_key_id);
      if (key === undefined) throw new VaultError("key_encryption_key_missing");
      return open(key, aadOf(identity), row.wrapped_key);
    },
  };
}
