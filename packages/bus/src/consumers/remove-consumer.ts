import type { Queryable, Sql } from "@carewire/db";
import { consumerShard } from "../consume/claim-deliveries.ts";

/** Deliveries cancelled in one transaction. */
const batchMax = 1_000;

/**
 * Removes a consumer: nothing is routed to it any more and its processes claim nothing more; what they handle now ends.
 * What waits is cancelled by `cancelOrphans`. A process that registers the name again brings it back. False when there is
 * no such consumer.
 */
export async function removeConsumer(tx: Queryable, name: string): Promise<boolean> {
  const rows = await tx`
    with removed as (update consumers set active = false, removed_at = now()
      where name = ${name} and removed_at is null returning id),
    topics as (delete from consumer_topics where consumer_id in (select id from removed))
    select 1 from removed`;
  return rows.length > 0;
}

/**
 * Cancels what waits for consumers that were removed, also what was routed, or failed, just then: run it after a removal
 * and now and then. A retry of a dead letter that is cancelled opens the letter again. Returns how many it cancelled.
 */
export async function cancelOrphans(sql: Sql): Promise<number> {
  const removed = await sql<{ id: string }[]>`
    select id from consumers where removed_at > now() - interval '1 day' order by removed_at desc limit 1000`;
  let cancelled = 0;
  for (const { id } of removed) cancelled += await cancelAll(sql, id);
  return cancelled;
}

async function cancelAll(sql: Sql, consumerId: string): Promise<number> {
  for (let total = 0; ; ) {
    const cancelled = await sql.begin((tx) => cancelBatch(tx, consumerId));
    total += cancelled;
    if (cancelled === 0) return total;
  }
}

async function cancelBatch(tx: Queryable, consumerId: string): Promise<number> {
  const rows = await tx`
    with consumer as materialized (
      -- shared: a registration that brings it back waits, or comes first
      select id, removed_at from consumers where id = ${consumerId}::uuid and removed_at is not null for share),
    waiting as materialized (
      select q.id, q.organization_id, q.attempts, q.lease_until from delivery_queue q join consumer c on c.id = q.destination_id
      where q.shard = ${consumerShard} and q.lane = any('{0,1,2}') and (q.lease_until is null or q.lease_until <= now())
      limit ${batchMax} for update of q skip locked),
    taken as (delete from delivery_queue where id = any(array(select id from waiting))),
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'lost', 'lost', 'the lease ran out without an outcome', lease_until
      from waiting where lease_until is not null),
    cancelled as (update deliveries d set status = 4, attempts = waiting.attempts, finished_at = now()
      from waiting where d.id = waiting.id),
    retried as (update dead_letter_retries r set outcome = 'cancelled', error = 'its consumer was removed',
        finished_at = now()
      from waiting w where r.id = w.id and r.outcome is null returning r.dead_letter_id),
    reopened as (update dead_letters set status = 'open' where status = 'retrying'
      and id in (select dead_letter_id from retried))
    select 1 from waiting`;
  return rows.length;
}
