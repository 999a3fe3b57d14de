import {
  accessLinkSecondsDefault,
  apiContract,
  type CreateAccessLink,
  liveAccessLinksMax,
  type Scope,
} from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { createToken, type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { lockCaller } from "../tenancy/lock-caller.ts";
import { accessLinkUrl, type PortalPlace } from "./access-link-url.ts";
import { forgetExpired } from "./forget-expired.ts";
import { linkScopesFor } from "./link-scopes.ts";

export interface CreateAccessLinkDeps {
  sql: Sql;
  clock: Clock;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
  portal: PortalPlace;
}

/** A body that was checked as far as it goes without the database. */
interface NewAccessLink {
  body: CreateAccessLink;
  scopes: Scope[];
  embedOrigin: string | null;
}

type Creation =
  | { outcome: "created"; id: string; token: string; accountId: string | null; expiresAt: Date }
  | { outcome: "unknown_account" | "maker_revoked" | "outlives_maker" | "too_many" };

/** When the link ends; null: it was asked to outlive its maker. */
function expiryOf(now: Date, givenSeconds: number | undefined, makerEnds: Date | null): Date | null {
  const wanted = new Date(now.getTime() + (givenSeconds ?? accessLinkSecondsDefault) * 1_000);
  if (makerEnds === null || wanted <= makerEnds) return wanted;
  return givenSeconds === undefined ? makerEnds : null;
}

async function hasTooMany(tx: postgres.TransactionSql, organizationId: string, now: Date): Promise<boolean> {
  const rows = await tx`
    select 1 from access_links where organization_id = ${organizationId} and used_at is null
      and expires_at > ${now} limit ${liveAccessLinksMax}`;
  return rows.length === liveAccessLinksMax;
}

function create(
  deps: CreateAccessLinkDeps,
  principal: Principal,
  { body, scopes, embedOrigin }: NewAccessLink,
): Promise<Creation> {
  const { organizationId } = principal;
  const now = new Date(deps.clock.now());
  return withTenant(deps.sql, organizationId, async (tx): Promise<Creation> => {
    const account = await findAccount(tx, principal, body.account_id);
    if (!account.ok) return { outcome: "unknown_account" };
    const maker = await lockCaller(tx, principal);
    if (maker === null) return { outcome: "maker_revoked" };
    const expiresAt = expiryOf(now, body.expires_in_seconds, maker.expiresAt);
    if (expiresAt === null) return { outcome: "outlives_maker" };
    await forgetExpired(tx, "access_links", organizationId, now);
    if (await hasTooMany(tx, organizationId, now)) return { outcome: "too_many" };
    const { accountId } = account;
    const { token, hash } = createToken("access_link", deps.random);
    const id = newId(now.getTime());
    await tx`
      insert into access_links (id, organization_id, account_id, api_key_id, token_hash, scopes, embed_origin, created_by,
        created_at, expires_at)
      values (${id}, ${organizationId}, ${accountId}, ${principal.apiKeyId}, ${hash}, ${scopes}, ${embedOrigin},
        ${actorOf(principal)}, ${now}, ${expiresAt})`;
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "access_link.created",
      target: publicId("lnk", id),
      detail: {
        scopes,
        expires_at: expiresAt.toISOString(),
        account: accountId && publicId("acc", accountId),
        embed_origin: embedOrigin,
      },
      now,
    });
    return { outcome: "created", id, token, accountId, expiresAt };
  });
}

const wrongField = (res: Response, path: string, message: string, code: string) =>
  problemResult(res, "validation_failed", {
    detail: `Check ${path}.`,
    errors: [{ path, message, code }],
  });

/** `POST /v1/access-links`: the only answer that carries the link. */
export function createCreateAccessLink(deps: CreateAccessLinkDeps) {
  return initServer().route(apiContract.accessLinks.create, async ({ body, res }) => {
    const { url, embedOrigins } = deps.portal;
    const principal = principalOf(res);
    const granted = linkScopesFor(principal, body.scopes);
    if (!granted.ok) {
      const detail = `A link can only grant scopes its maker has; the caller lacks ${granted.beyond.join(", ")}.`;
      return problemResult(res, "insufficient_scope", { detail });
    }
    if (url === null) {
      const detail = "This installation names no portal: set PORTAL_URL of subscriptions-api.";
      return problemResult(res, "conflict", { detail });
    }
    const { scopes } = granted;
    const embedOrigin = body.embed_origin ?? null;
    if (embedOrigin !== null && !embedOrigins.includes(embedOrigin)) {
      const message = "is not among the origins that may show the portal in a frame (PORTAL_EMBED_ORIGINS)";
      return wrongField(res, "embed_origin", message, "embed_origin_not_allowed");
    }
    const made = await create(deps, principal, { body, scopes, embedOrigin });
    switch (made.outcome) {
      case "created":
        return {
          status: 201,
          body: {
            id: publicId("lnk", made.id),
            url: accessLinkUrl(url, made.token, embedOrigin),
            account_id: made.accountId && publicId("acc", made.accountId),
            scopes,
            embed_origin: embedOrigin,
            expires_at: made.expiresAt.toISOString(),
          },
        };
      case "unknown_account":
        return problemResult(res, "validation_failed", unknownAccount);
      case "maker_revoked":
        return problemResult(res, "unauthorized", { detail: "The caller was revoked or signed out." });
      case "outlives_maker": {
        const message = "must not go beyond the caller's own expiry";
        return wrongField(res, "expires_in_seconds", message, "invalid_expiry");
      }
      case "too_many": {
        const detail = `The organization has ${liveAccessLinksMax} links that nobody used yet; let some expire first.`;
        return problemResult(res, "conflict", { detail });
      }
    }
  });
}
