import type { Sql } from "@carewire/db";
import type { OpenConnection } from "./open-connections.ts";

/**
 * Ends the connections whose key was revoked or has expired since they were opened: a request is checked when it comes,
 * and these last for hours. A session's own end counts too.
 */
export async function endRevoked(
  sql: Sql,
  connections: Iterable<OpenConnection>,
  nowMs: number,
): Promise<void> {
  const open = [...connections];
  if (open.length === 0) return;
  const ids = [...new Set(open.map(({ principal }) => principal.apiKeyId))];
  const rows = await sql<{ id: string }[]>`
    select id from api_keys where id = any(${ids}::uuid[]) and revoked_at is null
      and (expires_at is null or expires_at > ${new Date(nowMs)})`;
  const alive = new Set(rows.map(({ id }) => id));
  for (const { principal, stream } of open) {
    const isOver = principal.session !== undefined && principal.session.expiresAt <= nowMs;
    if (alive.has(principal.apiKeyId) && !isOver) continue;
    stream.send("end", { reason: "unauthorized" });
    stream.end();
  }
}
