import type { Vault } from "@carewire/bus";
import { apiContract, type EkaWebhook, ekaWebhooksMax } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import { hasScope, type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type SubscriptionRow, visibleSubscriptions } from "../../subscriptions/subscription-row.ts";
import { readSigningKeys } from "./read-signing-keys.ts";

export interface ListDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

const present = (row: SubscriptionRow, signingKey: string | null): EkaWebhook => ({
  id: publicId("sub", row.id),
  event_names: row.events,
  endpoint: row.url,
  signing_key: signingKey,
  client_id: publicId("sub", row.id),
  protocol: new URL(row.url).protocol.slice(0, -1),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  created_by: row.created_by,
  updated_by: null,
});

async function readWebhooks({ sql, vault, clock }: ListDeps, principal: Principal): Promise<EkaWebhook[]> {
  const { organizationId } = principal;
  const dataKey = await vault.dataKey(organizationId);
  return withTenant(sql, organizationId, async (tx) => {
    const rows = await tx<SubscriptionRow[]>`
      select s.* from subscriptions s where ${visibleSubscriptions(tx, principal)} and s.compatibility = 'eka'
      order by s.id limit ${ekaWebhooksMax}`;
    const reader = { principal, dataKey, now: new Date(clock.now()) };
    const keys = hasScope(principal, "secrets:read") ? await readSigningKeys(tx, reader, rows) : null;
    return rows.map((row) => present(row, keys?.get(row.id) ?? null));
  });
}

/** `GET /notification/v1/connect/webhook/subscriptions` */
export function createListEkaWebhooks(deps: ListDeps) {
  return initServer().route(apiContract.eka.list, async ({ res }) => {
    const data = await readWebhooks(deps, principalOf(res));
    return { status: 200, body: { data, msg: "success" } };
  });
}
