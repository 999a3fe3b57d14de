import type { Queryable } from "@carewire/db";

/**
 * Resolves a dead letter in the transaction that did what it was there for, naming who asked for the retry. Returns
 * whether it was being retried; then nothing else may have resolved it meanwhile.
 */
export async function resolveDeadLetter(
  tx: Queryable,
  deadLetterId: string,
  retryId: string,
): Promise<boolean> {
  const rows = await tx`
    with retried as (update dead_letter_retries set outcome = 'resolved', finished_at = now()
      where id = ${retryId}::uuid and outcome is null returning dead_letter_id, requested_by)
    update dead_letters l set status = 'resolved', resolved_at = now(), resolved_by = retried.requested_by,
      resolution = 'a retry took effect'
    from retried where l.id = ${deadLetterId}::uuid and l.id = retried.dead_letter_id and l.status = 'retrying'
    returning 1`;
  return rows.length > 0;
}
