import { appendAudit, holdDeliveries, type Sql } from "@carewire/db";
import { publicId } from "@carewire/envelope";

/**
 * Stops a subscription that told us to stop (410 Gone): nothing more is sent, what waits for it is held and can
 * be replayed. Does nothing when it is already inactive.
 */
export async function disableEndpoint(
  sql: Sql,
  subscriptionId: string,
  reason: string,
  now: Date,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [row] = await tx<{ organization_id: string }[]>`
      update subscriptions set active = false, disabled_reason = ${reason}, version = version + 1, updated_at = now()
      where id = ${subscriptionId} and active returning organization_id`;
    if (!row) return false;
    await holdDeliveries(tx, subscriptionId);
    await appendAudit(tx, {
      organizationId: row.organization_id,
      actor: "dispatcher",
      action: "subscription.disabled",
      target: publicId("sub", subscriptionId),
      detail: { reason },
      now,
    });
    return true;
  });
}
