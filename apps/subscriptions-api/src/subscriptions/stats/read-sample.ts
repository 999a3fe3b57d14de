import { statsDeliveriesMax } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";
import { storedTrigger } from "../../deliveries/delivery-status.ts";

/** Counts over the newest deliveries of a window, and how long their attempts took. */
export interface Sample {
  total: number;
  pending: number;
  retrying: number;
  held: number;
  delivered: number;
  failed: number;
  cancelled: number;
  attempts: number;
  p50: number | null;
  p95: number | null;
}

/**
 * Reads the newest deliveries since then, one more than the sample may have, so that `total` tells whether there were
 * more. Attempts are never older than their delivery, so older partitions of theirs are not looked at. Pings and
 * tests do not count: they say nothing about the subscriber's events.
 */
export async function readSample(tx: Queryable, subscriptionId: string, since: Date): Promise<Sample> {
  const firstId = firstIdAt(since.getTime());
  const [row] = await tx<Sample[]>`
    with newest as materialized (
      select id, status, attempts from deliveries
      where destination_id = ${subscriptionId} and destination_kind = 0 and trigger <> ${storedTrigger.test}
        and id >= ${firstId}::uuid
      order by id desc limit ${statsDeliveriesMax + 1}),
    sample as materialized (select * from newest limit ${statsDeliveriesMax}),
    durations as (
      select a.duration_ms from sample s cross join lateral (
        select duration_ms from attempts where delivery_id = s.id and id >= ${firstId}::uuid
          and duration_ms is not null order by id desc limit 32) a)
    select (select count(*)::int from newest) total, s.*, d.* from (
      select count(*) filter (where status = 0 and attempts = 0)::int pending,
        count(*) filter (where status = 0 and attempts > 0)::int retrying,
        count(*) filter (where status = 1)::int held, count(*) filter (where status = 2)::int delivered,
        count(*) filter (where status = 3)::int failed, count(*) filter (where status = 4)::int cancelled
      from sample) s, (
      select count(*)::int attempts, round(percentile_cont(0.5) within group (order by duration_ms))::int p50,
        round(percentile_cont(0.95) within group (order by duration_ms))::int p95 from durations) d`;
  if (row === undefined) throw new Error("an aggregate returned no row");
  return row;
}
