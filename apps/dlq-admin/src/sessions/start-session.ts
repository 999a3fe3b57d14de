import { appendAudit } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import type postgres from "postgres";
import { minuteMs, type SessionStoreDeps, type SignIn, sessionEntry } from "./session.ts";
import { createSessionToken, hashSessionToken } from "./session-token.ts";

/** Of one key or person at a time; one more ends the oldest. */
export const sessionsMax = 50;

interface Owner {
  organizationId: string;
  apiKeyId: string | null;
  subject: string | null;
}

const endOldest = (tx: postgres.TransactionSql, { organizationId, apiKeyId, subject }: Owner) => tx`
  delete from admin_sessions where id in (
    select id from admin_sessions
    where organization_id = ${organizationId} and api_key_id is not distinct from ${apiKeyId}::uuid
      and subject is not distinct from ${subject}
    order by id desc offset ${sessionsMax})`;

/** Starts a session; resolves to its token, which is kept nowhere else. */
export async function startSession(
  { sql, clock, random, rule }: SessionStoreDeps,
  signIn: SignIn,
): Promise<string> {
  const { organizationId, name } = signIn;
  const token = createSessionToken(random);
  const nowMs = clock.now();
  const id = newId(nowMs);
  const [now, expiresAt] = [new Date(nowMs), new Date(nowMs + rule.hoursMax * 60 * minuteMs)];
  const [apiKeyId, subject, role] =
    signIn.kind === "key" ? [signIn.apiKeyId, null, null] : [null, signIn.subject, signIn.role];
  const actor = apiKeyId === null ? `oidc:${subject}` : publicId("key", apiKeyId);
  await sql.begin(async (tx) => {
    await tx`
      insert into admin_sessions
        (id, organization_id, api_key_id, token_hash, subject, name, role, created_at, last_seen_at, expires_at)
      values (${id}, ${organizationId}, ${apiKeyId}, ${hashSessionToken(token)}, ${subject}, ${name}, ${role}, ${now},
        ${now}, ${expiresAt})`;
    await endOldest(tx, { organizationId, apiKeyId, subject });
    await appendAudit(tx, sessionEntry({ id, organizationId, actor }, "session.started", nowMs));
  });
  return token;
}
