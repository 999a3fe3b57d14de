import type { Queryable } from "@carewire/db";

const rowsMax = 10_000;
/** Ten million rows of a kind per round; each event may bring an idempotency key, and each has to go some day. */
const batchesMax = 1_000;
/** A secret that expired is kept a little longer, for whoever wonders why signatures stopped to match. */
const secretGraceDays = 7;
/** Sessions and access links that are over stay long enough to look up what an entry of the audit trail names. */
const accessGraceDays = 7;

/** Deletes a bounded number of rows; `count` says how many there were. */
type DeleteBatch = () => PromiseLike<{ count: number }>;

/** One kind of rows that are worth nothing any more. */
export interface ExpiredRows {
  table: string;
  /** Removes them, 10,000 at a time. */
  remove(): Promise<void>;
}

function expiredRows(table: string, deleteBatch: DeleteBatch): ExpiredRows {
  return {
    table,
    async remove() {
      for (let batch = 0; batch < batchesMax; batch++) {
        const { count } = await deleteBatch();
        if (count < rowsMax) return;
      }
    },
  };
}

/** What expires by itself, and jobs that ended so many days ago unless those are kept for ever. */
export function listExpiredRows(sql: Queryable, jobDays: number | null): ExpiredRows[] {
  const expired = [
    expiredRows(
      "idempotency",
      () => sql`delete from idempotency where ctid = any(array(
        select ctid from idempotency where expires_at < now() order by expires_at limit ${rowsMax}))`,
    ),
    expiredRows(
      "subscription_secrets",
      () => sql`delete from subscription_secrets where id = any(array(
        select id from subscription_secrets where expires_at < now() - ${secretGraceDays} * interval '1 day'
        limit ${rowsMax}))`,
    ),
    // A rate limit that was not used for an hour is as good as a new one; some belong to subscriptions that are gone.
    expiredRows(
      "rate_buckets",
      () => sql`delete from rate_buckets where subscription_id = any(array(
        select subscription_id from rate_buckets where next_at < now() - interval '1 hour' limit ${rowsMax}))`,
    ),
    ...["sessions", "access_links"].map((table) =>
      expiredRows(
        table,
        () => sql`delete from ${sql(table)} where id = any(array(
          select id from ${sql(table)} where expires_at < now() - ${accessGraceDays} * interval '1 day'
          limit ${rowsMax}))`,
      ),
    ),
  ];
  if (jobDays === null) return expired;
  const jobs = ["replay_jobs", "dead_letter_jobs"].map((table) =>
    expiredRows(
      table,
      () => sql`delete from ${sql(table)} where id = any(array(
        select id from ${sql(table)} where finished_at < now() - ${jobDays} * interval '1 day' limit ${rowsMax}))`,
    ),
  );
  return [...expired, ...jobs];
}
