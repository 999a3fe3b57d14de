import type { Queryable } from "@carewire/db";

/**
 * Opens dead letters again whose retry's delivery is over or gone without saying so, as when retention took it. Run it now and then. Returns how many.
 */
export async function reopenStranded(sql: Queryable): Promise<number> {
  const rows = await sql`
    with stranded as materialized (
      select l.id, r.id retry_id from dead_letters l
      join dead_letter_retries r on r.dead_letter_id = l.id and r.outcome is null
      left join deliveries d on d.id = r.id
      where l.status = 'retrying' and l.source_id is null and (d.id is null or d.status in (2, 3, 4))
      limit 1000 for update of l skip locked),
    ended as (update dead_letter_retries r set outcome = 'cancelled', error = 'its delivery ended', finished_at = now()
      from stranded s where r.id = s.retry_id and r.outcome is null returning r.dead_letter_id)
    update dead_letters l set status = 'open' from ended where l.id = ended.dead_letter_id and l.status = 'retrying'
    returning 1`;
  return rows.length;
}
