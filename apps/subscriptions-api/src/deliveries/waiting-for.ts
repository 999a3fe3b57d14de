import type { Queryable } from "@carewire/db";
import { publicId } from "@carewire/envelope";

/**
 * The delivery that an ordered one waits for: the one of its subject that is on its way, or the first in line. Null when
 * it does not wait for another.
 */
export async function findWaitingFor(tx: Queryable, deliveryId: string): Promise<string | null> {
  const [row] = await tx<{ first: string }[]>`
    select coalesce(l.delivery_id, (select delivery_id from fifo_queue
        where subscription_id = f.subscription_id and subject = f.subject order by event_id limit 1)) as first
    from fifo_queue f
    left join fifo_lanes l on l.subscription_id = f.subscription_id and l.subject = f.subject
    where f.delivery_id = ${deliveryId}`;
  return row === undefined || row.first === deliveryId ? null : publicId("dlv", row.first);
}
