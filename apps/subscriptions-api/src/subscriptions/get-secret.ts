import type { Vault } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql } from "@carewire/db";
import type { subscriptionSecrets } from "@carewire/db/schema";
import type { Clock } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { noSubscription } from "./no-subscription.ts";
import { secretAad } from "./signing-secret.ts";
import { findSubscription } from "./subscription-row.ts";

export interface SecretDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

async function readSecret({ sql, vault }: SecretDeps, organizationId: string, subscriptionId: string) {
  const [row] = await sql<(typeof subscriptionSecrets.$inferSelect)[]>`
    select * from subscription_secrets where subscription_id = ${subscriptionId} order by id desc limit 1`;
  if (row === undefined) return null;
  const dataKey = await vault.dataKey(organizationId);
  return dataKey.open(secretAad(row.id), row.secret).toString("utf8");
}

/** `GET /v1/subscriptions/:id/secret`: the newest secret; on the audit chain before it is answered. */
export function createGetSecret(deps: SecretDeps) {
  return initServer().route(apiContract.subscriptions.getSecret, async ({ params, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const subscription = await findSubscription(deps.sql, principal, params.id);
    const secret = subscription === null ? null : await readSecret(deps, organizationId, subscription.id);
    if (secret === null) return noSubscription(res);
    await deps.sql.begin((tx) =>
      appendAudit(tx, {
        organizationId,
        actor: actorOf(principal),
        action: "subscription.secret_read",
        target: params.id,
        detail: {},
        now: new Date(deps.clock.now()),
      }),
    );
    return { status: 200, body: { secret } };
  });
}
