import { apiContract, type Scope } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, parsePublicId } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { type ApiKeyRow, noApiKey, visibleApiKeys } from "./api-key-row.ts";

export interface RevokeApiKeyDeps {
  sql: Sql;
  clock: Clock;
}

type Revocation = "revoked" | "not_found" | "last_manager";

const managing: Scope = "api_keys:write";

/** True for a key that could make another one when all others are gone. */
const isManager = (row: ApiKeyRow, now: Date): boolean =>
  row.account_id === null &&
  row.revoked_at === null &&
  (row.expires_at === null || row.expires_at > now) &&
  row.scopes.includes(managing);

function revoke({ sql, clock }: RevokeApiKeyDeps, principal: Principal, given: string): Promise<Revocation> {
  const { organizationId } = principal;
  const now = new Date(clock.now());
  return withTenant(sql, organizationId, async (tx): Promise<Revocation> => {
    const id = parsePublicId("key", given);
    if (id === null) return "not_found";
    // All that matter in one order: two managers that revoke each other must not both succeed, nor wait for ever.
    const rows = await tx<(ApiKeyRow & { visible: boolean })[]>`
      select k.*, (${visibleApiKeys(tx, principal)}) as visible from api_keys k
      where k.organization_id = ${organizationId}
        and (k.id = ${id} or (${managing} = any(k.scopes) and k.revoked_at is null))
      order by k.id for update`;
    const row = rows.find((found) => found.id === id && found.visible);
    if (row === undefined) return "not_found";
    if (row.revoked_at !== null) return "revoked";
    const others = rows.filter((other) => other.id !== id && isManager(other, now));
    if (isManager(row, now) && others.length === 0) return "last_manager";
    await tx`update api_keys set revoked_at = ${now} where id = ${id}`;
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "api_key.revoked",
      target: given,
      detail: {},
      now,
    });
    return "revoked";
  });
}

/** `DELETE /v1/api-keys/:id`; doing it again changes nothing. */
export function createRevokeApiKey(deps: RevokeApiKeyDeps) {
  return initServer().route(apiContract.apiKeys.revoke, async ({ params, res }) => {
    const outcome = await revoke(deps, principalOf(res), params.id);
    switch (outcome) {
      case "revoked":
        return { status: 204, body: undefined };
      case "not_found":
        return noApiKey(res);
      case "last_manager": {
        const detail = `No other key of the organization has the scope ${managing}; make one first, then revoke this.`;
        return problemResult(res, "conflict", { detail });
      }
    }
  });
}
