import type { Sql } from "postgres";
import { type CredentialRow, type FoundCredential, principalOfRow } from "./found-credential.ts";

/** Without a request for so long, a session has ended. */
export const sessionIdleMs = 3_600_000;

interface SessionRow extends CredentialRow {
  id: string;
  session_expires_at: Date;
  last_seen_at: Date;
  access_link_id: string | null;
  embed_origin: string | null;
}

/**
 * The session with this hash, unless it is unknown, signed out, or its API key was revoked. It expires with its key, and
 * an hour after its last request.
 */
export async function findSession(sql: Sql, hash: Buffer): Promise<FoundCredential | null> {
  const [row] = await sql<SessionRow[]>`
    select s.id, s.api_key_id, s.organization_id, s.account_id, k.name, s.scopes, k.expires_at,
      s.expires_at as session_expires_at, s.last_seen_at, s.access_link_id, s.embed_origin
    from sessions s join api_keys k on k.id = s.api_key_id
    where s.token_hash = ${hash} and s.ended_at is null and k.revoked_at is null`;
  if (row === undefined) return null;
  const keyExpiresAt = row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
  const expiresAt = Math.min(row.session_expires_at.getTime(), keyExpiresAt);
  const session = {
    id: row.id,
    expiresAt,
    accessLinkId: row.access_link_id,
    embedOrigin: row.embed_origin,
  };
  return {
    principal: { ...principalOfRow(row), session },
    expiresAt: Math.min(expiresAt, row.last_seen_at.getTime() + sessionIdleMs),
  };
}
