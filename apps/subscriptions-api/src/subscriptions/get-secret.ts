import type { Vault } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { readLiveSecrets } from "./live-secrets.ts";
import { noSubscription } from "./no-subscription.ts";
import { findSubscription } from "./subscription-row.ts";

export interface SecretDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/**
 * The newest secret of the caller's subscription, on the audit chain in the same commit; null when there is no such
 * subscription.
 */
async function readSecret(
  { sql, vault, clock }: SecretDeps,
  principal: Principal,
  given: string,
): Promise<string | null> {
  const { organizationId } = principal;
  const dataKey = await vault.dataKey(organizationId);
  return withTenant(sql, organizationId, async (tx) => {
    const subscription = await findSubscription(tx, principal, given);
    if (subscription === null) return null;
    const now = new Date(clock.now());
    const store = { organizationId, subscriptionId: subscription.id, dataKey, now };
    const [newest] = await readLiveSecrets(tx, store);
    if (newest === undefined) return null;
    const entry = { organizationId, actor: actorOf(principal), target: given, now };
    await appendAudit(tx, { ...entry, action: "subscription.secret_read", detail: {} });
    return newest.secret;
  });
}

/** `GET /v1/subscriptions/:id/secret` */
export function createGetSecret(deps: SecretDeps) {
  return initServer().route(apiContract.subscriptions.getSecret, async ({ params, res }) => {
    const secret = await readSecret(deps, principalOf(res), params.id);
    return secret === null ? noSubscription(res) : { status: 200, body: { secret } };
  });
}
