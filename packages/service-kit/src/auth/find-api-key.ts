import type { Sql } from "postgres";
import { type CredentialRow, type FoundCredential, principalOfRow } from "./found-credential.ts";

/** The key with this hash, unless it is unknown or revoked. */
export async function findApiKey(sql: Sql, hash: Buffer): Promise<FoundCredential | null> {
  const [row] = await sql<CredentialRow[]>`
    select id as api_key_id, organization_id, account_id, name, scopes, expires_at
    from api_keys where key_hash = ${hash} and revoked_at is null`;
  if (row === undefined) return null;
  return { principal: principalOfRow(row), expiresAt: row.expires_at?.getTime() ?? null };
}
