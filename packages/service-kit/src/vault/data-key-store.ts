import { createSecretKey, type KeyObject } from "node:crypto";
import type { Sql } from "postgres";
import type { KeyEncryptionKey } from "../env/schemas.ts";
import { open, seal } from "./seal.ts";
import { VaultError } from "./vault-error.ts";

const dataKeyBytes = 32;

interface DataKeyRow {
  version: number;
  key_encryption_key_id: string;
  wrapped_key: Buffer;
}

/** Every data key of one organization by version; the highest version seals. */
export type DataKeys = ReadonlyMap<number, KeyObject>;

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
  const [wrapping] = keyEncryptionKeys;
  if (wrapping === undefined) throw new Error("a vault needs at least one key encryption key");
  const byId = new Map(keyEncryptionKeys.map(({ id, key }) => [id, key]));
  const rowIdentity = (organizationId: string, version: number) => `data_keys:${organizationId}:${version}`;

  function unwrap(organizationId: string, row: DataKeyRow): KeyObject {
    const key = byId.get(row.key_encryption_key_id);
    if (key === undefined) throw new VaultError("key_encryption_key_missing");
    const bytes = open(key, rowIdentity(organizationId, row.version), row.wrapped_key);
    const dataKey = createSecretKey(bytes);
    bytes.fill(0);
    return dataKey;
  }

  return {
    async read(organizationId: string): Promise<DataKeys> {
      const rows = await sql<DataKeyRow[]>`
        select version, key_encryption_key_id, wrapped_key from data_keys
        where organization_id = ${organizationId} order by version`;
      return new Map(rows.map((row) => [row.version, unwrap(organizationId, row)]));
    },

    async add(organizationId: string, version: number): Promise<void> {
      const bytes = random(dataKeyBytes);
      const wrapped = seal(wrapping.key, version, nextIv(), rowIdentity(organizationId, version), bytes);
      bytes.fill(0);
      await sql`
        insert into data_keys (organization_id, version, key_encryption_key_id, wrapped_key)
        values (${organizationId}, ${version}, ${wrapping.id}, ${wrapped})
        on conflict do nothing`;
    },
  };
}
