import type { Queryable } from "@carewire/db";

const rowsMax = 10_000;
/** A secret that expired is kept a little longer, for whoever wonders why signatures stopped to match. */
const secretGraceDays = 7;

/** Removes rows that are worth nothing any more, 10,000 of each kind at most. */
export async function deleteExpired(sql: Queryable, jobDays: number | null): Promise<void> {
  await sql`delete from idempotency where ctid = any(array(
    select ctid from idempotency where expires_at < now() limit ${rowsMax}))`;
  await sql`delete from subscription_secrets where id = any(array(
    select id from subscription_secrets where expires_at < now() - ${secretGraceDays} * interval '1 day'
    limit ${rowsMax}))`;
  // A rate limit that was not used for an hour is as good as a new one; some belong to subscriptions that are gone.
  await sql`delete from rate_buckets where subscription_id = any(array(
    select subscription_id from rate_buckets where next_at < now() - interval '1 hour' limit ${rowsMax}))`;
  if (jobDays === null) return;
  await sql`delete from replay_jobs where id = any(array(
    select id from replay_jobs where finished_at < now() - ${jobDays} * interval '1 day' limit ${rowsMax}))`;
}
