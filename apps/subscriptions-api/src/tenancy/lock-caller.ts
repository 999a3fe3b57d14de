import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";

/** A caller that is still alive; `expiresAt` is the latest that anything it gives access with may end. */
export interface LiveCaller {
  expiresAt: Date | null;
}

interface CallerRow {
  key_expires_at: Date | null;
  session_expires_at: Date | null;
  is_alive: boolean;
}

/**
 * The caller as it is now, kept so until the transaction ends: the principal may be a second old, and who was revoked or
 * signed out must not make access for anybody. Who came by a link makes nothing that outlives the link; who signed in
 * with a key may do what the key may. Null: no longer alive.
 */
export async function lockCaller(
  tx: postgres.TransactionSql,
  { apiKeyId, session }: Principal,
): Promise<LiveCaller | null> {
  const sessionId = session?.id ?? null;
  const [row] = await tx<CallerRow[]>`
    select k.expires_at as key_expires_at, s.expires_at as session_expires_at,
      k.revoked_at is null and s.ended_at is null and (${sessionId}::uuid is null or s.id is not null) as is_alive
    from api_keys k left join sessions s on s.id = ${sessionId}::uuid
    where k.id = ${apiKeyId} for share of k`;
  if (row === undefined || !row.is_alive) return null;
  const isByLink = session !== undefined && session.accessLinkId !== null;
  const ends = [row.key_expires_at, isByLink ? row.session_expires_at : null].filter((end) => end !== null);
  const earliest = ends.sort((a, b) => a.getTime() - b.getTime())[0];
  return { expiresAt: earliest ?? null };
}
