import type { Queryable } from "@carewire/db";
import { type LaneRow, type OrderedLane, toLanes } from "../fifo/ordered-lane.ts";
import type { Candidate } from "./take-candidates.ts";

export interface StoredFilter {
  id: string;
  version: number;
  /** JSON as the subscriber gave it; null: every event. */
  filter: unknown;
}

/** The filters of these subscriptions as they are now. Those that are gone are missing. */
export async function loadFilters(tx: Queryable, ids: string[]): Promise<StoredFilter[]> {
  return tx<StoredFilter[]>`select id, version, filter from subscriptions where id = any(${ids}::uuid[])`;
}

/** What became of a candidate. */
export type Verdict =
  | { step: "deliver" | "drop"; candidate: Candidate }
  | { step: "postpone"; candidate: Candidate; delayMs: number };

/** What went on from the filter queue. */
export interface Filtered {
  /** Deliveries now waiting, by shard. */
  deliveriesByShard: Map<number, number>;
  /** Where deliveries of ordered subscriptions were queued up. */
  lanes: OrderedLane[];
}

/**
 * Writes verdicts in one statement: deliveries with their queue rows for those that match, as routing would, and the
 * candidates removed or put off. The subscriptions are locked meanwhile, so that one that is being resumed does not
 * leave a held delivery that nobody releases; a subscription that is gone gets nothing.
 */
export async function applyVerdicts(tx: Queryable, verdicts: readonly Verdict[]): Promise<Filtered> {
  const delays = verdicts.map((verdict) => (verdict.step === "postpone" ? verdict.delayMs : null));
  const [row] = await tx<{ due: Record<string, number> | null; lanes: LaneRow[] | null }[]>`
    with o as materialized (select * from unnest(${verdicts.map(({ candidate }) => candidate.subscriptionId)}::uuid[],
      ${verdicts.map(({ candidate }) => candidate.eventId)}::uuid[],
      ${verdicts.map(({ step }) => step)}::text[], ${delays}::float8[])
      t(subscription_id, event_id, step, delay_ms)),
    endpoint as materialized (select id, shard, active, ordering = 'fifo' fifo from subscriptions
      where id = any(array(select subscription_id from o where step = 'deliver')) order by id for share),
    removed as (delete from filter_queue q using o
      where q.subscription_id = o.subscription_id and q.event_id = o.event_id and o.step <> 'postpone'
      returning q.subscription_id, q.event_id, q.organization_id, o.step),
    postponed as (update filter_queue q set due_at = now() + o.delay_ms * interval '1 millisecond' from o
      where q.subscription_id = o.subscription_id and q.event_id = o.event_id and o.step = 'postpone'),
    matched as materialized (select uuidv7() id, r.organization_id, r.event_id, r.subscription_id, e.shard, e.active,
        v.subject
      from removed r join endpoint e on e.id = r.subscription_id
      left join lateral (select subject from events where id = r.event_id and e.fifo offset 0) v on true
      where r.step = 'deliver'),
    history as (insert into deliveries (id, organization_id, event_id, destination_id, status)
      select id, organization_id, event_id, subscription_id, case when active then 0 else 1 end from matched),
    ordered as (insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      select id, organization_id, subscription_id, subject, event_id from matched where subject is not null),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, organization_id, event_id, subscription_id, shard from matched where active and subject is null
      order by shard, subscription_id returning shard)
    select (select json_object_agg(shard, deliveries) from
        (select shard, count(*)::int deliveries from queued group by shard) q) due,
      (select json_agg(distinct jsonb_build_array(subscription_id, subject)) from matched
        where subject is not null) lanes`;
  const due = Object.entries(row?.due ?? {});
  return {
    deliveriesByShard: new Map(due.map(([shard, deliveries]) => [Number(shard), deliveries])),
    lanes: toLanes(row?.lanes ?? null),
  };
}
