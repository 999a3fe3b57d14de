import type { Vault } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, cancelDeliveries, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { endStream } from "../streams/delivery/stream-rows.ts";
import { actorOf } from "../tenancy/actor.ts";
import { announce, wakeRouting } from "./announce.ts";
import { noSubscription } from "./no-subscription.ts";
import { lockSubscription } from "./subscription-row.ts";

export interface RemoveDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** Deletes the caller's subscription and cancels what waits for it; false when there is none. `given` is a public id. */
export async function removeSubscription(
  { sql, vault, clock }: RemoveDeps,
  principal: Principal,
  given: string,
): Promise<boolean> {
  const { organizationId } = principal;
  await vault.dataKey(organizationId);
  const removed = await withTenant(sql, organizationId, async (tx) => {
    const row = await lockSubscription(tx, principal, given);
    if (row === null) return false;
    const now = new Date(clock.now());
    // First what routing looks up, so that nothing new is queued behind the cancelling.
    await tx`delete from subscription_patterns where subscription_id = ${row.id}`;
    if (row.transport === "stream") await endStream(tx, row.id);
    const cancelled = await cancelDeliveries(tx, { id: row.id, organizationId, shard: row.shard });
    await tx`delete from subscriptions where id = ${row.id}`;
    await announce(tx, vault, row, { type: "endpoint.deleted" }, now);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "subscription.deleted",
      target: given,
      detail: { cancelled_deliveries: cancelled.deliveries, still_cancelling: !cancelled.isAll },
      now,
    });
    return true;
  });
  if (removed) await wakeRouting(sql);
  return removed;
}

/** `DELETE /v1/subscriptions/:id` */
export function createRemoveSubscription(deps: RemoveDeps) {
  return initServer().route(apiContract.subscriptions.remove, async ({ params, res }) => {
    const removed = await removeSubscription(deps, principalOf(res), params.id);
    return removed ? { status: 204, body: undefined } : noSubscription(res);
  });
}
