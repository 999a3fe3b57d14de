import { randomBytes } from "node:crypto";
import type { Vault } from "@carewire/bus";
import type { Sql } from "postgres";
import type { KeyEncryptionKey } from "../env/schemas.ts";
import { createDataKeyCache } from "./data-key-cache.ts";
import { createDataKeyStore } from "./data-key-store.ts";
import { createIvPool } from "./iv-pool.ts";
import { createKeySetCache } from "./key-set-cache.ts";
import { keyVersionOf } from "./seal.ts";

/** What {@link createVault} needs. */
export interface VaultOptions {
  sql: Sql;
  /** The first wraps new data keys, all of them unwrap. */
  keyEncryptionKeys: readonly KeyEncryptionKey[];
  /** `random(n)` returns n random bytes. Default: the system's. */
  random?: (byteCount: number) => Uint8Array;
  /** Milliseconds from a clock that only goes forward. Default: the process's. */
  monotonicMs?: () => number;
  /**
   * Seals under one data key before this process moves to the next. NIST SP 800-38D section 8.3 allows 2^32 random IVs
   * per key; the default of 2^28 leaves room for sixteen processes.
   */
  sealsPerKeyMax?: number;
}

/** Encryption at rest: the bus's port, and the same per call for code that handles single values. */
export interface ServiceVault extends Vault {
  seal(organizationId: string, aad: string, bytes: Uint8Array): Promise<Buffer>;
  open(organizationId: string, aad: string, blob: Uint8Array): Promise<Buffer>;
}

const defaultSealsPerKeyMax = 2 ** 28;

/**
 * AES-256-GCM with one data key per organization, made on first use and wrapped by the first key encryption key.
 * Dropping an organization's `data_keys` rows makes everything it sealed unreadable within a minute; stop its traffic
 * first, because what a process seals with a key it still remembers is lost as well.
 *
 * Sealing and opening throw {@link VaultError}; a lost database rejects with its own error.
 */
export function createVault(options: VaultOptions): ServiceVault {
  const random = options.random ?? randomBytes;
  const nextIv = createIvPool(random);
  const { sql, keyEncryptionKeys } = options;
  const keys = createDataKeyCache({
    store: createDataKeyStore({ sql, keyEncryptionKeys, random, nextIv }),
    cache: createKeySetCache({ nextIv, monotonicMs: options.monotonicMs ?? (() => performance.now()) }),
    sealsPerKeyMax: options.sealsPerKeyMax ?? defaultSealsPerKeyMax,
  });

  return {
    dataKey: async (organizationId) => (await keys.forSealing(organizationId)).dataKey,
    async seal(organizationId, aad, bytes) {
      return (await keys.forSealing(organizationId)).dataKey.seal(aad, bytes);
    },
    async open(organizationId, aad, blob) {
      return (await keys.forOpening(organizationId, keyVersionOf(blob))).dataKey.open(aad, blob);
    },
  };
}
