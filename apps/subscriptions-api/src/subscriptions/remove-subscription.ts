import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { cancelDeliveries } from "./cancel-deliveries.ts";
import { noSubscription } from "./no-subscription.ts";
import { lockSubscription } from "./subscription-row.ts";

export interface RemoveDeps {
  sql: Sql;
  clock: Clock;
}

function removeSubscription(
  { sql, clock }: RemoveDeps,
  principal: Principal,
  given: string,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const row = await lockSubscription(tx, principal, given);
    if (row === null) return false;
    // First what routing looks up, so that nothing new is queued behind the cancelling.
    await tx`delete from subscription_patterns where subscription_id = ${row.id}`;
    const cancelled = await cancelDeliveries(tx, row);
    await tx`delete from subscriptions where id = ${row.id}`;
    await appendAudit(tx, {
      organizationId: principal.organizationId,
      actor: actorOf(principal),
      action: "subscription.deleted",
      target: given,
      detail: { cancelled_deliveries: cancelled },
      now: new Date(clock.now()),
    });
    return true;
  });
}

/** `DELETE /v1/subscriptions/:id` */
export function createRemoveSubscription(deps: RemoveDeps) {
  return initServer().route(apiContract.subscriptions.remove, async ({ params, res }) => {
    const removed = await removeSubscription(deps, principalOf(res), params.id);
    return removed ? { status: 204, body: undefined } : noSubscription(res);
  });
}
