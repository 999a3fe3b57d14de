import { createPublisher } from "@carewire/bus";
import type { BenchDatabase } from "./bench-database.ts";
import { createDraft } from "./events.ts";

const eventsMax = 1_000;

/**
 * Fills the delivery queue with first retries that are all due now, spread evenly over all subscriptions: what an
 * outage of many endpoints leaves behind. They share up to 1,000 events.
 */
export async function seedStorm(database: BenchDatabase, rows: number): Promise<void> {
  const { sql, organizationId } = database;
  const publishedAtMs = Date.now();
  const drafts = Array.from({ length: Math.min(eventsMax, rows) }, () =>
    createDraft(organizationId, "bench.retried", publishedAtMs),
  );
  await createPublisher({ vault: database.vault }).publish(sql, drafts);
  await sql`delete from route_queue where event_id = any(${drafts.map(({ id }) => id)}::uuid[])`;
  await sql`
    with endpoints as materialized (
      select id, shard, row_number() over (order by id) - 1 nth, count(*) over () total from subscriptions),
    published as materialized (select id, n - 1 nth from unnest(${drafts.map(({ id }) => id)}::uuid[]) with ordinality t(id, n)),
    waiting as materialized (
      select uuidv7() id, p.id event_id, e.id destination_id, e.shard
      from generate_series(0, ${rows}::int - 1) n
      join endpoints e on e.nth = n % (select total from endpoints limit 1)
      join published p on p.nth = (n / (select total from endpoints limit 1)) % ${drafts.length}::int),
    history as (
      insert into deliveries (id, organization_id, event_id, destination_id, attempts)
      select id, ${organizationId}::uuid, event_id, destination_id, 1 from waiting)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts, retries)
    select id, ${organizationId}::uuid, event_id, destination_id, shard, 1, 1, 1 from waiting`;
  await sql.unsafe("vacuum analyze events, event_payloads, deliveries, delivery_queue");
}
