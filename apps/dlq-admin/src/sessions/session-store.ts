import { createHash } from "node:crypto";
import type { AdminRole } from "@carewire/contracts";
import { adminRoles } from "@carewire/contracts";
import { appendAudit, type Sql } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { type Caller, roleOf } from "../access/caller.ts";

/** How long sessions live. */
export interface SessionRule {
  /** From signing in, whatever happens. */
  hoursMax: number;
  /** From the last request. */
  idleMinutesMax: number;
}

/** A live session and whose it is. */
export interface Session {
  id: string;
  caller: Caller;
  expiresAt: Date;
}

/** Who signs in: with a key, or as somebody the OIDC provider knows, with a role of the platform's operators. */
export type SignIn =
  | { kind: "key"; apiKeyId: string; organizationId: string; name: string }
  | { kind: "oidc"; subject: string; organizationId: string; name: string; role: AdminRole };

export interface SessionStoreDeps {
  sql: Sql;
  clock: Clock;
  random(byteCount: number): Uint8Array;
  rule: SessionRule;
}

interface SessionRow {
  id: string;
  organization_id: string;
  api_key_id: string | null;
  subject: string | null;
  name: string;
  role: string | null;
  expires_at: Date;
  key_scopes: string[] | null;
}

const tokenBytes = 32;
const minuteMs = 60_000;
/** Expired sessions that one look removes. */
const removedMax = 1_000;
/** Of one key or person at a time; one more ends the oldest. */
export const sessionsMax = 50;

const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/** Operators that came through OIDC work for the platform; what a key may do is what it may do now. */
function callerOfRow(row: SessionRow): Caller | null {
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

/** Sessions as rows: any process of dlq-admin finds them, and whoever has the database has no token. */
export function createSessionStore({ sql, clock, random, rule }: SessionStoreDeps) {
  const audit = (session: { id: string; organizationId: string; actor: string }, action: string) => ({
    organizationId: session.organizationId,
    actor: session.actor,
    action,
    target: publicId("ses", session.id),
    detail: {},
    now: new Date(clock.now()),
  });

  /** Starts a session; resolves to its token, which is kept nowhere else. */
  async function start(signIn: SignIn): Promise<string> {
    const { organizationId, name } = signIn;
    const token = Buffer.from(random(tokenBytes)).toString("base64url");
    const nowMs = clock.now();
    const id = newId(nowMs);
    const now = new Date(nowMs);
    const [keyId, subject, role] =
      signIn.kind === "key" ? [signIn.apiKeyId, null, null] : [null, signIn.subject, signIn.role];
    const actor = keyId === null ? `oidc:${subject}` : publicId("key", keyId);
    await sql.begin(async (tx) => {
      await tx`
        insert into admin_sessions
          (id, organization_id, api_key_id, token_hash, subject, name, role, created_at, last_seen_at, expires_at)
        values (${id}, ${organizationId}, ${keyId}, ${hashOf(token)}, ${subject}, ${name}, ${role}, ${now}, ${now},
          ${new Date(nowMs + rule.hoursMax * 60 * minuteMs)})`;
      await tx`
        delete from admin_sessions where id in (
          select id from admin_sessions
          where organization_id = ${organizationId} and api_key_id is not distinct from ${keyId}::uuid
            and subject is not distinct from ${subject}
          order by id desc offset ${sessionsMax})`;
      await appendAudit(tx, audit({ id, organizationId, actor }, "session.started"));
    });
    return token;
  }

  /** The session of a token; null when it is over: signed out, too old, idle for too long, or its key is no more. */
  async function find(token: string): Promise<Session | null> {
    const nowMs = clock.now();
    const now = new Date(nowMs);
    const [row] = await sql<(SessionRow & { last_seen_at: Date })[]>`
      select s.id, s.organization_id, s.api_key_id, s.subject, s.name, s.role, s.expires_at, s.last_seen_at,
        k.scopes key_scopes
      from admin_sessions s left join api_keys k on k.id = s.api_key_id
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
      where s.token_hash = ${hashOf(token)} and s.expires_at > ${now}
        and s.last_seen_at > ${new Date(nowMs - rule.idleMinutesMax * minuteMs)}
        and (s.api_key_id is null or k.id is not null)`;
    const caller = row === undefined ? null : callerOfRow(row);
    if (row === undefined || caller === null) return null;
    if (nowMs - row.last_seen_at.getTime() >= minuteMs) {
      await sql`update admin_sessions set last_seen_at = ${now} where id = ${row.id} and last_seen_at < ${now}`;
    }
    return { id: row.id, caller, expiresAt: row.expires_at };
  }

  /** Ends a session for good. */
  async function end({ id, caller }: Session): Promise<void> {
    await sql.begin(async (tx) => {
      const ended = await tx`delete from admin_sessions where id = ${id} returning 1`;
      const { organizationId, actor } = caller;
      if (ended.length > 0) await appendAudit(tx, audit({ id, organizationId, actor }, "session.ended"));
    });
  }

  /** Removes rows of sessions that are over. */
  async function removeExpired(): Promise<void> {
    await sql`
      delete from admin_sessions where id in (
        select id from admin_sessions where expires_at < ${new Date(clock.now())} order by expires_at limit ${removedMax})`;
  }

  return { start, find, end, removeExpired };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
