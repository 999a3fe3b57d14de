import { type Sql, withTenant } from "@carewire/db";
import { storedStatus } from "../../deliveries/delivery-status.ts";
import type { ProbeDelivery } from "./await-outcome.ts";

/**
 * Takes back a ping or test that no dispatcher has taken, so that it is not sent when nobody waits for it any more.
 * Returns whether it was still there to be taken back.
 */
export function cancelProbe(sql: Sql, { organizationId, deliveryId }: ProbeDelivery): Promise<boolean> {
  return withTenant(sql, organizationId, async (tx) => {
    const cancelled = await tx`
      with removed as (delete from delivery_queue
        where id = ${deliveryId} and (lease_until is null or lease_until <= now()) returning id)
      update deliveries d set status = ${storedStatus.cancelled}, finished_at = now()
      from removed where d.id = removed.id`;
    return cancelled.count > 0;
  });
}
