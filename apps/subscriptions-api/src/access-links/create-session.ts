import { apiContract, type Caller } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import {
  accessLinkOf,
  createToken,
  type Principal,
  principalOf,
  problemResult,
  type ShownAccessLink,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { lockCaller } from "../tenancy/lock-caller.ts";
import { describeCaller } from "./describe-caller.ts";
import { forgetExpired } from "./forget-expired.ts";

export interface CreateSessionDeps {
  sql: Sql;
  clock: Clock;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
}

/** Of somebody who signed in with an API key. */
const sessionMs = 12 * 3_600_000;
/** Sessions of one organization that did not end yet. */
const liveSessionsMax = 10_000;

type Creation =
  | { outcome: "created"; caller: Caller; token: string; expiresAt: Date }
  | { outcome: "not_alive" | "too_many" };

/** True when the link was good until now; from now on it is not, whoever else shows it at this very moment. */
async function useLink(tx: postgres.TransactionSql, link: ShownAccessLink, now: Date): Promise<boolean> {
  const rows = await tx`
    update access_links set used_at = ${now} where id = ${link.id} and used_at is null and expires_at > ${now}
    returning id`;
  return rows.length === 1;
}

async function hasTooMany(tx: postgres.TransactionSql, organizationId: string, now: Date): Promise<boolean> {
  const rows = await tx`
    select 1 from sessions where organization_id = ${organizationId} and ended_at is null
      and expires_at > ${now} limit ${liveSessionsMax}`;
  return rows.length === liveSessionsMax;
}

function expiryOf(link: ShownAccessLink | null, keyEnds: Date | null, now: Date): Date {
  const wantedMs = link?.expiresAt ?? now.getTime() + sessionMs;
  return new Date(Math.min(wantedMs, keyEnds?.getTime() ?? Number.POSITIVE_INFINITY));
}

function create(
  { sql, clock, random }: CreateSessionDeps,
  principal: Principal,
  link: ShownAccessLink | null,
): Promise<Creation> {
  const { organizationId, accountId, apiKeyId, scopes } = principal;
  const now = new Date(clock.now());
  return withTenant(sql, organizationId, async (tx): Promise<Creation> => {
    const key = await lockCaller(tx, principal);
    if (key === null || (link !== null && !(await useLink(tx, link, now)))) return { outcome: "not_alive" };
    await forgetExpired(tx, "sessions", organizationId, now);
    if (await hasTooMany(tx, organizationId, now)) return { outcome: "too_many" };
    const { token, hash } = createToken("session", random);
    const id = newId(now.getTime());
    const expiresAt = expiryOf(link, key.expiresAt, now);
    const [accessLinkId, embedOrigin] = [link?.id ?? null, link?.embedOrigin ?? null];
    await tx`
      insert into sessions (id, organization_id, account_id, api_key_id, access_link_id, token_hash, scopes, embed_origin,
        created_at, last_seen_at, expires_at)
      values (${id}, ${organizationId}, ${accountId}, ${apiKeyId}, ${accessLinkId}, ${hash}, ${[...scopes]},
        ${embedOrigin}, ${now}, ${now}, ${expiresAt})`;
    const session = { id, expiresAt: expiresAt.getTime(), accessLinkId, embedOrigin };
    const caller = await describeCaller(tx, { ...principal, session });
    await appendAudit(tx, {
      organizationId,
      actor: link === null ? publicId("key", apiKeyId) : publicId("lnk", link.id),
      action: "session.created",
      target: publicId("ses", id),
      detail: { api_key: publicId("key", apiKeyId), expires_at: expiresAt.toISOString() },
      now,
    });
    return { outcome: "created", caller, token, expiresAt };
  });
}

/** `POST /v1/sessions`: the only answer that carries the session's token. */
export function createCreateSession(deps: CreateSessionDeps) {
  return initServer().route(apiContract.sessions.create, async ({ res }) => {
    const made = await create(deps, principalOf(res), accessLinkOf(res));
    switch (made.outcome) {
      case "created": {
        const { caller, token, expiresAt } = made;
        return { status: 201, body: { ...caller, expires_at: expiresAt.toISOString(), token } };
      }
      case "not_alive":
        return problemResult(res, "unauthorized", { detail: "The key was revoked, or the link is used up." });
      case "too_many": {
        const detail = `The organization has ${liveSessionsMax} sessions that did not end; sign out somewhere first.`;
        return problemResult(res, "conflict", { detail });
      }
    }
  });
}
