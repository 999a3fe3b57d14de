import type { Queryable } from "@carewire/db";
import { consumerShard } from "../consume/claim-deliveries.ts";

/**
 * Stops a consumer without stopping its processes: what they handle now ends, they claim nothing more, and what is routed
 * to it from now on is held. False when there is no such consumer.
 */
export async function pauseConsumer(tx: Queryable, name: string): Promise<boolean> {
  const rows = await tx`
    update consumers set active = false where name = ${name} and removed_at is null returning 1`;
  return rows.length > 0;
}

/** How many deliveries were held until now; null when there is no such consumer. */
export async function resumeConsumer(tx: Queryable, name: string): Promise<number | null> {
  const [consumer] = await tx<{ id: string }[]>`
    update consumers set active = true where name = ${name} and removed_at is null returning id`;
  return consumer === undefined ? null : releaseHeld(tx, consumer.id);
}

/** In the retry lane, so that a long backlog cannot starve new events. */
async function releaseHeld(tx: Queryable, consumerId: string): Promise<number> {
  const released = await tx`
    with open as (update deliveries set status = 0 where destination_id = ${consumerId}::uuid and status = 1
      returning id, organization_id, event_id, attempts)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
    select id, organization_id, event_id, ${consumerId}::uuid, ${consumerShard}, 1, attempts from open
    on conflict (id) do nothing returning 1`;
  return released.length;
}
