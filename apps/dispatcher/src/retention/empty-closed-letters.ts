import { expiryOf, type Queryable } from "@carewire/db";

const batchMax = 1_000;
const batchesMax = 100;

/**
 * Takes the payload, and what was put in its place to retry it, away from dead letters that were resolved or discarded
 * more than `keepDays` ago. The letter itself stays. At most 100,000 per call.
 */
export async function emptyClosedLetters(sql: Queryable, keepDays: number, now: Date): Promise<void> {
  for (let batch = 0; batch < batchesMax; batch++) {
    const { count } = await sql`
      with closed as (
        update dead_letters set original_payload = null where id = any(array(
          select id from dead_letters
          where status in ('resolved', 'discarded') and original_payload is not null
            and resolved_at < ${expiryOf(now, keepDays)}
          order by resolved_at limit ${batchMax}))
        returning id),
      corrections as (
        update dead_letter_retries r set payload = null from closed
        where r.dead_letter_id = closed.id and r.payload is not null)
      select from closed`;
    if (count < batchMax) return;
  }
}
