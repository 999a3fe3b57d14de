import { type DataKey, payloadAad } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type postgres from "postgres";
import { storedTrigger } from "../../deliveries/delivery-status.ts";
import type { SubscriptionRow } from "../subscription-row.ts";
import type { ProbeMessage } from "./probe-message.ts";

/** What {@link queueProbe} needs besides the message. */
export interface ProbeContext {
  subscription: SubscriptionRow;
  dataKey: DataKey;
  now: Date;
}

/**
 * Stores an event that only one subscription gets, and its delivery, due at once and marked as one that is sent even when
 * the subscription is paused, and never again. Nothing is left for routing. Returns the delivery's row id.
 */
export async function queueProbe(
  tx: postgres.TransactionSql,
  { subscription, dataKey, now }: ProbeContext,
  { type, data }: ProbeMessage,
): Promise<string> {
  const { id: subscriptionId, organization_id: organizationId, account_id: accountId, shard } = subscription;
  const eventId = newId(now.getTime());
  const deliveryId = newId(now.getTime());
  const body = Buffer.from(JSON.stringify(data));
  await tx`
    with event as (
      insert into events (id, organization_id, account_id, type, source_service, occurred_at, body_bytes)
      values (${eventId}, ${organizationId}, ${accountId}, ${type}, 'api', ${now}, ${body.byteLength})),
    payload as (
      insert into event_payloads (id, organization_id, type, occurred_at, body)
      values (${eventId}, ${organizationId}, ${type}, ${now}, ${dataKey.seal(payloadAad(eventId), body)})),
    delivery as (
      insert into deliveries (id, organization_id, event_id, destination_id, trigger)
      values (${deliveryId}, ${organizationId}, ${eventId}, ${subscriptionId}, ${storedTrigger.test}))
    -- Before everything that waits there already: whoever asked must not wait for a backlog.
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, probe, due_at)
    values (${deliveryId}, ${organizationId}, ${eventId}, ${subscriptionId}, ${shard}, true, least(now(), (
      select due_at - interval '1 millisecond' from delivery_queue
      where shard = ${shard} and lane = 0 and destination_id = ${subscriptionId} order by due_at limit 1)))`;
  return deliveryId;
}
