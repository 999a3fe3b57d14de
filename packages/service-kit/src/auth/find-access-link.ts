import type { Sql } from "postgres";
import { type CredentialRow, type FoundAccessLink, principalOfRow } from "./found-credential.ts";

interface AccessLinkRow extends CredentialRow {
  id: string;
  link_expires_at: Date;
  embed_origin: string | null;
}

/** The link with this hash, unless it is unknown or used, or its API key was revoked. It expires with its key. */
export async function findAccessLink(sql: Sql, hash: Buffer): Promise<FoundAccessLink | null> {
  const [row] = await sql<AccessLinkRow[]>`
    select l.id, l.api_key_id, l.organization_id, l.account_id, k.name, l.scopes, k.expires_at,
      l.expires_at as link_expires_at, l.embed_origin
    from access_links l join api_keys k on k.id = l.api_key_id
    where l.token_hash = ${hash} and l.used_at is null and k.revoked_at is null`;
  if (row === undefined) return null;
  const keyExpiresAt = row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
  const expiresAt = Math.min(row.link_expires_at.getTime(), keyExpiresAt);
  const link = { id: row.id, expiresAt, embedOrigin: row.embed_origin };
  return { principal: principalOfRow(row), expiresAt, link };
}
