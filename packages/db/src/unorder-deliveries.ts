import type { Queryable } from "./connect.ts";

/**
 * Ends the order of a subscription that asks for none any more, inside the transaction that says so: what waits for
 * others becomes due now, in the retry lane. Held deliveries stay held.
 */
export async function unorderDeliveries(tx: Queryable, subscriptionId: string): Promise<void> {
  await tx`
    with s as (select shard from subscriptions where id = ${subscriptionId}),
    lanes as (delete from fifo_lanes where subscription_id = ${subscriptionId}),
    waiting as (delete from fifo_queue where subscription_id = ${subscriptionId} returning delivery_id)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
    select d.id, d.organization_id, d.event_id, d.destination_id, s.shard, 1, d.attempts
    from waiting w join deliveries d on d.id = w.delivery_id, s where d.status = 0
    on conflict (id) do nothing`;
}
