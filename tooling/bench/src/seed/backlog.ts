import type { BenchDatabase } from "./bench-database.ts";

/**
 * Fills the delivery queue with rows that wait for a retry in 1 to 10 hours, spread evenly over all subscriptions,
 * each with its delivery. They are pending, never due during a run, and share every index with those that are.
 */
export async function seedBacklog({ sql, organizationId }: BenchDatabase, rows: number): Promise<void> {
  await sql`
    with endpoints as materialized (
      select id, shard, row_number() over (order by id) - 1 nth, count(*) over () total from subscriptions),
    waiting as materialized (
      select uuidv7() id, uuidv7() event_id, e.id destination_id, e.shard
      from generate_series(0, ${rows}::int - 1) n
      join endpoints e on e.nth = n % (select total from endpoints limit 1)),
    history as (
      insert into deliveries (id, organization_id, event_id, destination_id, attempts)
      select id, ${organizationId}::uuid, event_id, destination_id, 1 from waiting)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts, retries, due_at)
    select id, ${organizationId}::uuid, event_id, destination_id, shard, 1, 1, 1,
      now() + interval '1 hour' + random() * interval '9 hours'
    from waiting`;
}
