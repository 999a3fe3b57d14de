import type { Queryable } from "@carewire/db";

/**
 * Discards dead letters: nothing is tried any more, and the row stays with who did it and why. Returns the ids of those
 * it took. Not taken: what a consumer is trying at the moment, and what was resolved or discarded before.
 */
export async function discardDeadLetters(
  tx: Queryable,
  ids: readonly string[],
  { discardedBy, reason }: { discardedBy: string; reason: string },
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with discarded as (
      update dead_letters set status = 'discarded', resolved_at = now(), resolved_by = ${discardedBy},
        resolution = ${reason}
      where id = any(${[...ids]}::uuid[]) and (status = 'open' or (status = 'retrying' and source_id is not null))
      returning id),
    given_up as (update dead_letter_retries set outcome = 'cancelled', error = 'discarded', finished_at = now()
      where outcome is null and dead_letter_id in (select id from discarded))
    select id from discarded`;
  return rows.map(({ id }) => id);
}
