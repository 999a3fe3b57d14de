import { expiryOf, type Queryable } from "@carewire/db";

const batchMax = 1_000;
const batchesMax = 100;

/**
 * Takes the payload, and what was put in its place to retry it, away from dead letters that were resolved or discarded
 * more than `keepDays` ago. The letter itself stays. At most 100,000 of each per call.
 */
export async function emptyClosedLetters(sql: Queryable, keepDays: number, now: Date): Promise<void> {
  const closedLongAgo = sql`l.status in ('resolved', 'discarded') and l.resolved_at < ${expiryOf(now, keepDays)}`;
  await emptyAll(
    () => sql`update dead_letters set original_payload = null where id = any(array(
      select l.id from dead_letters l where ${closedLongAgo} and l.original_payload is not null
      order by l.resolved_at limit ${batchMax}))`,
  );
  // Apart: of a letter that was erased, corrections that came later are still there.
  await emptyAll(
    () => sql`update dead_letter_retries set payload = null where id = any(array(
      select r.id from dead_letter_retries r join dead_letters l on l.id = r.dead_letter_id
      where r.payload is not null and ${closedLongAgo} limit ${batchMax}))`,
  );
}

async function emptyAll(emptyBatch: () => PromiseLike<{ count: number }>): Promise<void> {
  for (let batch = 0; batch < batchesMax; batch++) {
    const { count } = await emptyBatch();
    if (count < batchMax) return;
  }
}
