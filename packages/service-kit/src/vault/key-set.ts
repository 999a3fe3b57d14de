import type { DataKey } from "@carewire/bus";
import type { DataKeys } from "./data-key-store.ts";
import { keyVersionOf, open, seal } from "./seal.ts";
import { VaultError } from "./vault-error.ts";

/** An organization's data keys in memory, and how much the newest was used to seal. */
export interface KeySet {
  dataKey: DataKey;
  /** The version that seals. */
  version: number;
  has(version: number): boolean;
  /** Seals under `version` by this process. */
  seals(): number;
}

/** What {@link createKeySet} needs. */
export interface KeySetOptions {
  keys: DataKeys;
  nextIv: () => Uint8Array;
  /** What this process already sealed with the newest key. */
  sealsSoFar: number;
  /** Called when bytes were sealed under a version that is not here. */
  onMissing(): void;
}

/**
 * Readies data keys for use. Throws {@link VaultError} `data_key_missing` when there is no
 * key at all.
 */
export function createKeySet({ keys, nextIv, sealsSoFar, onMissing }: KeySetOptions): KeySet {
  const { byVersion, sealing: version } = keys;
  const sealingKey = byVersion.get(version);
  if (sealingKey === undefined) throw new VaultError("data_key_missing");
  let seals = sealsSoFar;
  return {
    version,
    has: (wanted) => byVersion.has(wanted),
    seals: () => seals,
    dataKey: {
      seal(aad, bytes) {
        seals += 1;
        return seal(sealingKey, version, nextIv(), aad, bytes);
      },
      open(aad, blob) {
        const key = byVersion.get(keyVersionOf(blob));
        if (key === undefined) {
          onMissing();
          throw new VaultError("data_key_missing");
        }
        return open(key, aad, blob);
      },
    },
  };
}
