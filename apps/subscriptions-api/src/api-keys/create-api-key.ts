import { apiContract, type CreateApiKey } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { createApiKey, hasScope, type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { lockCaller } from "../tenancy/lock-caller.ts";
import { type ApiKeyRow, presentApiKey } from "./api-key-row.ts";

export interface CreateApiKeyDeps {
  sql: Sql;
  clock: Clock;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
}

/** Keys of one organization that are neither revoked nor expired. */
const liveKeysMax = 1_000;

type Creation =
  | { outcome: "created"; row: ApiKeyRow; key: string }
  | { outcome: "unknown_account" | "maker_revoked" | "outlives_maker" | "too_many" };

async function hasTooMany(tx: postgres.TransactionSql, organizationId: string, now: Date): Promise<boolean> {
  const rows = await tx`
    select 1 from api_keys where organization_id = ${organizationId} and revoked_at is null
      and (expires_at is null or expires_at > ${now}) limit ${liveKeysMax}`;
  return rows.length === liveKeysMax;
}

function create(deps: CreateApiKeyDeps, principal: Principal, body: CreateApiKey): Promise<Creation> {
  const { organizationId } = principal;
  const now = new Date(deps.clock.now());
  return withTenant(deps.sql, organizationId, async (tx): Promise<Creation> => {
    const account = await findAccount(tx, principal, body.account_id);
    if (!account.ok) return { outcome: "unknown_account" };
    const maker = await lockCaller(tx, principal);
    if (maker === null) return { outcome: "maker_revoked" };
    const expiresAt = body.expires_at === undefined ? maker.expiresAt : new Date(body.expires_at);
    if (maker.expiresAt !== null && expiresAt !== null && expiresAt > maker.expiresAt) {
      return { outcome: "outlives_maker" };
    }
    if (await hasTooMany(tx, organizationId, now)) return { outcome: "too_many" };
    const { key, prefix, hash } = createApiKey(deps.random);
    const id = newId(now.getTime());
    const [row] = await tx<ApiKeyRow[]>`
      insert into api_keys
        (id, organization_id, account_id, name, prefix, key_hash, scopes, created_by, created_at, expires_at)
      values (${id}, ${organizationId}, ${account.accountId}, ${body.name}, ${prefix}, ${hash}, ${body.scopes},
        ${actorOf(principal)}, ${now}, ${expiresAt})
      returning *`;
    if (row === undefined) throw new Error("insert into api_keys returned no row");
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "api_key.created",
      target: publicId("key", id),
      detail: {
        scopes: row.scopes,
        expires_at: expiresAt?.toISOString() ?? null,
        of_account: row.account_id !== null,
      },
      now,
    });
    return { outcome: "created", row, key };
  });
}

const expiryProblem = (res: Response, message: string) =>
  problemResult(res, "validation_failed", {
    detail: "Check expires_at.",
    errors: [{ path: "expires_at", message, code: "invalid_expiry" }],
  });

/** `POST /v1/api-keys`: the only answer that carries the key. */
export function createCreateApiKey(deps: CreateApiKeyDeps) {
  return initServer().route(apiContract.apiKeys.create, async ({ body, res }) => {
    const principal = principalOf(res);
    const beyond = body.scopes.filter((scope) => !hasScope(principal, scope));
    if (beyond.length > 0) {
      const detail = `A key can only grant scopes it has itself; yours lacks ${beyond.join(", ")}.`;
      return problemResult(res, "insufficient_scope", { detail });
    }
    if (body.expires_at !== undefined && Date.parse(body.expires_at) <= deps.clock.now()) {
      return expiryProblem(res, "must lie in the future");
    }
    const created = await create(deps, principal, body);
    switch (created.outcome) {
      case "created":
        return { status: 201, body: { ...presentApiKey(created.row), key: created.key } };
      case "unknown_account":
        return problemResult(res, "validation_failed", unknownAccount);
      case "maker_revoked":
        return problemResult(res, "unauthorized", {
          detail: "The calling API key was revoked, or the session ended.",
        });
      case "outlives_maker":
        return expiryProblem(res, "must not be later than the caller's own expiry");
      case "too_many": {
        const detail = `The organization has ${liveKeysMax} live API keys; revoke some first.`;
        return problemResult(res, "conflict", { detail });
      }
    }
  });
}
