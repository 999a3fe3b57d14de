import type postgres from "postgres";
import type { Queryable } from "./connect.ts";

/** Which deliveries: those of the events named, or a range of ids, of the deliveries or of their events. */
export type DeliverySelection =
  | { eventIds: readonly string[] }
  | { column: "id" | "event_id"; fromId: string; untilId: string };

const selected = (sql: Queryable, selection: DeliverySelection) =>
  "eventIds" in selection
    ? sql`event_id = any(${[...selection.eventIds]}::uuid[])`
    : sql`${sql(selection.column)} >= ${selection.fromId}::uuid
        and ${sql(selection.column)} < ${selection.untilId}::uuid`;

const heldBatch = 1_000;

/**
 * Fails deliveries that are held while their event's payload is gone, as their next attempt would: visibly, with an
 * attempt that says why. A thousand per statement; returns how many in all.
 */
export async function failHeldDeliveries(sql: Queryable, selection: DeliverySelection): Promise<number> {
  for (let failed = 0; ; ) {
    const batch = await sql`
      with gone as (
        update deliveries d set status = 3, attempts = least(d.attempts + 1, 32767), finished_at = now()
        where d.status = 1 and d.id = any(array(
          select id from deliveries where ${selected(sql, selection)} and status = 1 limit ${heldBatch}))
        returning d.id, d.organization_id, d.attempts)
      insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'payload_erased', 'failed',
        'the event''s payload was erased', now()
      from gone returning 1`;
    failed += batch.length;
    if (batch.length < heldBatch) return failed;
  }
}

/** What to erase: the event, and the inbound request that it came with. */
export interface ErasableEvent {
  id: string;
  inboundRequestId: string | null;
}

/** `changed`: something was there to erase. `shards`: those whose deliveries are due now, to fail. */
export interface Erasure {
  changed: boolean;
  shards: number[];
}

/** The condition on `dead_letters`: about the event, or about its request, which nobody could read at first. */
const aboutErased = (sql: Queryable, { id, inboundRequestId }: ErasableEvent) =>
  sql`(event_id = ${id}::uuid or inbound_request_id = ${inboundRequestId}::uuid)`;

/**
 * Erases an event's payload for good: the sealed body, the inbound request's, what endpoints answered, which may quote
 * it, the copies in dead letters, and what was put in their place to retry them. What waits for delivery becomes due and fails as `payload_erased`; what is held fails here.
 */
export async function erasePayload(tx: postgres.TransactionSql, event: ErasableEvent): Promise<Erasure> {
  const erased = [
    await tx`update event_payloads set body = null where id = ${event.id} and body is not null`,
    await tx`update inbound_requests set body = null where id = ${event.inboundRequestId} and body is not null`,
    await tx`update attempts set response_body = null where response_body is not null
      and delivery_id = any(array(select id from deliveries where event_id = ${event.id}))`,
    await tx`update dead_letters set original_payload = null
      where ${aboutErased(tx, event)} and original_payload is not null`,
    await tx`update dead_letter_retries set payload = null where payload is not null
      and dead_letter_id = any(array(select id from dead_letters where ${aboutErased(tx, event)}))`,
  ];
  const failed = await failHeldDeliveries(tx, { eventIds: [event.id] });
  const due = await tx<{ shard: number }[]>`
    update delivery_queue q set due_at = now() from deliveries d
    where d.event_id = ${event.id} and q.id = d.id and q.due_at > now() returning q.shard`;
  return {
    changed: failed > 0 || erased.some(({ count }) => count > 0),
    shards: [...new Set(due.map(({ shard }) => shard))],
  };
}
