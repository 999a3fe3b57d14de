import { apiContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { noSubscription } from "./no-subscription.ts";
import { findSubscription, presentSubscription } from "./subscription-row.ts";

/** `GET /v1/subscriptions/:id` */
export function createGetSubscription({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.subscriptions.get, async ({ params, res }) => {
    const row = await findSubscription(sql, principalOf(res), params.id);
    return row === null ? noSubscription(res) : { status: 200, body: presentSubscription(row) };
  });
}
