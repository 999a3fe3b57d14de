import type { Sql } from "@carewire/db";
import type { Principal } from "@carewire/service-kit";
import type { OpenConnection } from "./open-connections.ts";

/** The ids of those keys that are neither revoked nor expired, and of those sessions that nobody signed out. */
async function aliveOf(sql: Sql, principals: Principal[], nowMs: number): Promise<Set<string>> {
  const keys = [...new Set(principals.map(({ apiKeyId }) => apiKeyId))];
  const sessions = principals.flatMap(({ session }) => (session === undefined ? [] : [session.id]));
  const rows = await sql<{ id: string }[]>`
    select id from api_keys where id = any(${keys}::uuid[]) and revoked_at is null
      and (expires_at is null or expires_at > ${new Date(nowMs)})
    union all
    select id from sessions where id = any(${sessions}::uuid[]) and ended_at is null`;
  return new Set(rows.map(({ id }) => id));
}

/**
 * Ends the connections whose key was revoked or has expired since they were opened, or whose session has ended: a request
 * is checked when it comes, and these last for hours.
 */
export async function endRevoked(
  sql: Sql,
  connections: Iterable<OpenConnection>,
  nowMs: number,
): Promise<void> {
  const open = [...connections];
  if (open.length === 0) return;
  const principals = open.map(({ principal }) => principal);
  const alive = await aliveOf(sql, principals, nowMs);
  for (const { principal, stream } of open) {
    const { apiKeyId, session } = principal;
    const isSessionAlive = session === undefined || (alive.has(session.id) && session.expiresAt > nowMs);
    if (alive.has(apiKeyId) && isSessionAlive) continue;
    stream.send("end", { reason: "unauthorized" });
    stream.end();
  }
}
