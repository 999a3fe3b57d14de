import { createPartitions, type Sql } from "@carewire/db";
import { type ExpiryDeps, expireHistory } from "./retention/expire-history.ts";

const forgottenMax = 10_000;

/** Upkeep that any number of dispatchers may ask for at the same time: partitions ahead, what is too old away. */
export async function upkeep(deps: ExpiryDeps, now: Date): Promise<void> {
  await createPartitions(deps.sql, now);
  await expireHistory(deps, now);
  await forgetRates(deps.sql);
}

/** A rate limit that was not used for an hour is as good as a new one; some belong to subscriptions that are gone. */
async function forgetRates(sql: Sql): Promise<void> {
  await sql`delete from rate_buckets where ctid = any(array(
    select ctid from rate_buckets where next_at < now() - interval '1 hour' limit ${forgottenMax}))`;
}
