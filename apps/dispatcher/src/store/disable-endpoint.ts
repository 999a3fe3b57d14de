import { operationalEvent, type Publisher, urlOrigin } from "@carewire/bus";
import { appendAudit, holdDeliveries, type Sql, type Transaction } from "@carewire/db";
import { publicId } from "@carewire/envelope";

/** Which subscription to stop, and why. */
export interface Disabling {
  subscriptionId: string;
  /** The reason is about this version: one that was changed since, say to another address, goes on. null: any. */
  version: number | null;
  reason: string;
}

/**
 * Stops a subscription that told us to stop, or has failed for days: nothing more is sent, what waits for it is held
 * and can be replayed, and its owner is told. Does nothing when it is already inactive.
 */
export function disableEndpoint(
  deps: { sql: Sql; publisher: Publisher },
  disabling: Disabling,
  now: Date,
): Promise<boolean> {
  return deps.sql.begin((tx) => disableWithin(tx, deps.publisher, disabling, now));
}

/** The same, inside a transaction. */
export async function disableWithin(
  tx: Transaction,
  publisher: Publisher,
  { subscriptionId, version, reason }: Disabling,
  now: Date,
): Promise<boolean> {
  const [row] = await tx<{ organization_id: string; account_id: string | null; url: string }[]>`
    update subscriptions set active = false, disabled_reason = ${reason}, version = version + 1, updated_at = now()
    where id = ${subscriptionId} and active and version = coalesce(${version}::int, version)
    returning organization_id, account_id, url`;
  if (!row) return false;
  await holdDeliveries(tx, subscriptionId);
  const notice = operationalEvent({
    type: "endpoint.disabled",
    organizationId: row.organization_id,
    accountId: row.account_id,
    subscriptionId,
    payload: { url_origin: urlOrigin(row.url), reason },
    sourceService: "dispatcher",
    nowMs: now.getTime(),
  });
  await publisher.publish(tx, [notice]);
  await appendAudit(tx, {
    organizationId: row.organization_id,
    actor: "dispatcher",
    action: "subscription.disabled",
    target: publicId("sub", subscriptionId),
    detail: { reason },
    now,
  });
  return true;
}
