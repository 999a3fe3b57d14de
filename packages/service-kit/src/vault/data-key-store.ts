import { createSecretKey, type KeyObject } from "node:crypto";
import type { Sql } from "postgres";
import type { KeyEncryptionKey } from "../env/schemas.ts";
import { createKeyWrapper, type WrappedKey } from "./key-wrapper.ts";
import { VaultError } from "./vault-error.ts";

/** AES-256. */
export const dataKeyBytes = 32;

interface DataKeyRow extends WrappedKey {
  version: number;
  active: boolean;
}

/** Every data key of one organization. */
export interface DataKeys {
  byVersion: ReadonlyMap<number, KeyObject>;
  /** The highest version that is in force; 0 when there is none. */
  sealing: number;
  /** The highest version; above `sealing` while every process still has to learn of it. 0 when there is none. */
  newest: number;
}

/** What {@link createDataKeyStore} needs. */
export interface DataKeyStoreOptions {
  sql: Sql;
  keyEncryptionKeys: readonly KeyEncryptionKey[];
  random: (byteCount: number) => Uint8Array;
  nextIv: () => Uint8Array;
}

/** The `data_keys` table. */
export interface DataKeyStore {
  /** All keys of the organization; empty when it has none (yet, or any more). */
  read(organizationId: string): Promise<DataKeys>;
  /** Adds a new random key under `version`; does nothing when another process was first. */
  add(organizationId: string, version: number): Promise<void>;
}

/** Keeps data keys wrapped by a key encryption key, under the identity of their row. */
export function createDataKeyStore({
  sql,
  keyEncryptionKeys,
  random,
  nextIv,
}: DataKeyStoreOptions): DataKeyStore {
  const wrapper = createKeyWrapper({ keyEncryptionKeys, nextIv });

  function unwrap(organizationId: string, row: DataKeyRow): KeyObject {
    const bytes = wrapper.unwrap({ organizationId, version: row.version }, row);
    const dataKey = createSecretKey(bytes);
    bytes.fill(0);
    return dataKey;
  }

  return {
    async read(organizationId: string): Promise<DataKeys> {
      const rows = await sql<DataKeyRow[]>`
        select version, key_encryption_key_id, wrapped_key, active_at <= now() as active from data_keys
        where organization_id = ${organizationId} order by version`;
      return {
        byVersion: new Map(rows.map((row) => [row.version, unwrap(organizationId, row)])),
        sealing: rows.findLast((row) => row.active)?.version ?? 0,
        newest: rows.at(-1)?.version ?? 0,
      };
    },

    async add(organizationId: string, version: number): Promise<void> {
      const bytes = random(dataKeyBytes);
      const { key_encryption_key_id, wrapped_key } = wrapper.wrap({ organizationId, version }, bytes);
      bytes.fill(0);
      const insert = sql`
        insert into data_keys (organization_id, version, key_encryption_key_id, wrapped_key)
        values (${organizationId}, ${version}, ${key_encryption_key_id}, ${wrapped_key})
        on conflict do nothing`;
      await insert.catch((error: unknown) => {
        if (isOrganizationGone(error)) throw new VaultError("data_key_missing");
        throw error;
      });
    },
  };
}

// SQLSTATE 23503, foreign_key_violation: what is left of a deleted organization must not look like a lost database.
const isOrganizationGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "23503";
