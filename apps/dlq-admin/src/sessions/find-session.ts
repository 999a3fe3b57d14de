import { adminRoles } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import { type Caller, roleOf } from "../access/caller.ts";
import { minuteMs, type Session, type SessionStoreDeps } from "./session.ts";
import { hashSessionToken } from "./session-token.ts";

interface SessionRow {
  id: string;
  organization_id: string;
  api_key_id: string | null;
  subject: string | null;
  name: string;
  role: string | null;
  expires_at: Date;
  last_seen_at: Date;
  key_scopes: string[] | null;
}

/** Operators that came through OIDC work for the platform; what a key may do is what it may do now. */
function callerOf(row: SessionRow): Caller | null {
  const isKey = row.api_key_id !== null;
  const scopes = isKey ? (row.key_scopes ?? []) : ["platform:admin"];
  const role = isKey ? roleOf(scopes) : (adminRoles.find((known) => known === row.role) ?? null);
  if (role === null) return null;
  return {
    apiKeyId: row.api_key_id ?? row.id,
    organizationId: row.organization_id,
    accountId: null,
    scopes,
    name: row.name,
    actor: isKey ? publicId("key", row.api_key_id ?? "") : `oidc:${row.subject}`,
    role,
  };
}

/** The session of a token; null when it is over: signed out, too old, idle for too long, or its key is no more. */
export async function findSession(
  { sql, clock, rule }: SessionStoreDeps,
  token: string,
): Promise<Session | null> {
  const nowMs = clock.now();
  const now = new Date(nowMs);
  const [row] = await sql<SessionRow[]>`
    select s.id, s.organization_id, s.api_key_id, s.subject, s.name, s.role, s.expires_at, s.last_seen_at,
      k.scopes key_scopes
    from admin_sessions s left join api_keys k on k.id = s.api_key_id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
    where s.token_hash = ${hashSessionToken(token)} and s.expires_at > ${now}
      and s.last_seen_at > ${new Date(nowMs - rule.idleMinutesMax * minuteMs)}
      and (s.api_key_id is null or k.id is not null)`;
  const caller = row === undefined ? null : callerOf(row);
  if (row === undefined || caller === null) return null;
  if (nowMs - row.last_seen_at.getTime() >= minuteMs) {
    await sql`update admin_sessions set last_seen_at = ${now} where id = ${row.id} and last_seen_at < ${now}`;
  }
  return { id: row.id, caller, expiresAt: row.expires_at };
}
