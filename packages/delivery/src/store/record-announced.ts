import type { Publisher } from "@carewire/bus";
import type { Queryable, Sql } from "@carewire/db";
import { type AttemptRecord, type RecordOptions, recordAttempts } from "./record.ts";

/**
 * Records outcomes, and in the same transaction publishes the events that tell of them. Only batches with such an event
 * pay for a transaction. Events of outcomes whose lease was taken over are left out: so is one of a batch that is sent
 * again because nobody knows whether it was committed. Returns how many outcomes were still in force, and how many
 * events were published.
 */
export async function recordAnnounced(
  deps: { sql: Sql; publisher: Publisher },
  records: AttemptRecord[],
  options: RecordOptions = {},
): Promise<{ applied: number; published: number }> {
  const announcing = records.filter((record) => record.announces);
  if (announcing.length === 0)
    return { applied: await recordAttempts(deps.sql, records, options), published: 0 };
  return deps.sql.begin(async (tx) => {
    const inForce = await lockLeased(tx, announcing);
    const applied = await recordAttempts(tx, records, options);
    const drafts = announcing.flatMap(({ deliveryId, announces }) =>
      announces && inForce.has(deliveryId) ? [announces] : [],
    );
    await deps.publisher.publish(tx, drafts);
    return { applied, published: drafts.length };
  });
}

/** Locks the queue rows of outcomes that are still in force; returns their deliveries. */
export async function lockLeased(
  tx: Queryable,
  records: Pick<AttemptRecord, "deliveryId" | "leaseToken">[],
): Promise<Set<string>> {
  const ids = records.map((r) => r.deliveryId);
  const rows = await tx<{ id: string }[]>`
    select q.id from unnest(${ids}::uuid[], ${records.map((r) => r.leaseToken)}::bigint[]) o(id, token)
    join delivery_queue q on q.id = any(${ids}::uuid[]) and q.id = o.id and q.lease_token = o.token for update of q`;
  return new Set(rows.map((row) => row.id));
}
