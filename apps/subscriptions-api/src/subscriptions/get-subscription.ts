import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { noSubscription } from "./no-subscription.ts";
import { findSubscription, presentSubscription } from "./subscription-row.ts";

/** `GET /v1/subscriptions/:id` */
export function createGetSubscription({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.subscriptions.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const row = await withTenant(sql, principal.organizationId, (tx) =>
      findSubscription(tx, principal, params.id),
    );
    return row === null ? noSubscription(res) : { status: 200, body: presentSubscription(row) };
  });
}
