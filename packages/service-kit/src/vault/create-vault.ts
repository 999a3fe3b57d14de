import { type KeyObject, randomBytes } from "node:crypto";
import type { DataKey, Vault } from "@carewire/bus";
import type { Sql } from "postgres";
import { createBoundedMap } from "../cache/bounded-map.ts";
import type { KeyEncryptionKey } from "../env/schemas.ts";
import { createDataKeyStore, type DataKeys } from "./data-key-store.ts";
import { createIvPool } from "./iv-pool.ts";
import { keyVersionOf, open, seal } from "./seal.ts";
import { VaultError } from "./vault-error.ts";

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

interface CachedKeys {
  keys: DataKeys;
  dataKey: DataKey;
  readAtMs: number;
  seals: number;
}

const cachedOrganizationsMax = 10_000;
/** How long a dropped data key may still be used by a process that has it in memory. */
const cacheMs = 60_000;
const defaultSealsPerKeyMax = 2 ** 28;

/**
 * AES-256-GCM with one data key per organization, made on first use and wrapped by the first key encryption key.
 * Dropping an organization's `data_keys` rows makes everything it sealed unreadable within a minute.
 *
 * Sealing and opening throw {@link VaultError}; a lost database rejects with its own error.
 */
export function createVault(options: VaultOptions): ServiceVault {
  const random = options.random ?? randomBytes;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const sealsPerKeyMax = options.sealsPerKeyMax ?? defaultSealsPerKeyMax;
  const nextIv = createIvPool(random);
  const store = createDataKeyStore({
    sql: options.sql,
    keyEncryptionKeys: options.keyEncryptionKeys,
    random,
    nextIv,
  });
  const cached = createBoundedMap<string, CachedKeys>(cachedOrganizationsMax);
  const loading = new Map<string, Promise<CachedKeys>>();

  function toCached(keys: DataKeys, sealingVersion: number, sealingKey: KeyObject): CachedKeys {
    const entry: CachedKeys = {
      keys,
      readAtMs: monotonicMs(),
      seals: 0,
      dataKey: {
        seal(aad, bytes) {
          entry.seals += 1;
          return seal(sealingKey, sealingVersion, nextIv(), aad, bytes);
        },
        open(aad, blob) {
          const key = keys.get(keyVersionOf(blob));
          if (key === undefined) throw new VaultError("data_key_missing");
          return open(key, aad, blob);
        },
      },
    };
    return entry;
  }

  async function load(organizationId: string, previous: CachedKeys | undefined): Promise<CachedKeys> {
    let keys = await store.read(organizationId);
    const spent =
      previous !== undefined && previous.seals >= sealsPerKeyMax && previous.keys.size === keys.size;
    if (keys.size === 0 || spent) {
      await store.add(organizationId, Math.max(0, ...keys.keys()) + 1);
      keys = await store.read(organizationId);
    }
    const version = Math.max(0, ...keys.keys());
    const sealingKey = keys.get(version);
    if (sealingKey === undefined) throw new VaultError("data_key_missing");
    const entry = toCached(keys, version, sealingKey);
    if (previous?.keys.has(version)) entry.seals = previous.seals;
    cached.set(organizationId, entry);
    return entry;
  }

  function entryOf(organizationId: string): Promise<CachedKeys> | CachedKeys {
    const hit = cached.get(organizationId);
    if (hit !== undefined && hit.seals < sealsPerKeyMax && monotonicMs() - hit.readAtMs < cacheMs) return hit;
    let loaded = loading.get(organizationId);
    if (loaded === undefined) {
      loaded = load(organizationId, hit).finally(() => loading.delete(organizationId));
      loading.set(organizationId, loaded);
    }
    return loaded;
  }

  const dataKey = async (organizationId: string) => (await entryOf(organizationId)).dataKey;
  return {
    dataKey,
    seal: async (organizationId, aad, bytes) => (await dataKey(organizationId)).seal(aad, bytes),
    async open(organizationId, aad, blob) {
      const entry = await entryOf(organizationId);
      // Sealed by another process under a key this one has not seen yet.
      if (!entry.keys.has(keyVersionOf(blob))) cached.delete(organizationId);
      return (await dataKey(organizationId)).open(aad, blob);
    },
  };
}
