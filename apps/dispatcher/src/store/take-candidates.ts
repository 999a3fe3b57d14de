import type { Queryable } from "@carewire/db";

/** An event that matched a subscription's patterns and waits for its filter. */
export interface Candidate {
  subscriptionId: string;
  eventId: string;
  organizationId: string;
  /** null: the subscription is gone. */
  version: number | null;
  /** Sealed; only with the first candidate of each event. null: erased. */
  sealedBody: Buffer | null;
}

/** The first organizations after this one, by id, for which something waits; it may be due later. */
export async function organizationsWaiting(
  tx: Queryable,
  after: string,
  organizationsMax: number,
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    with recursive turn(id, nth) as (
        (select organization_id, 1 from filter_queue where organization_id > ${after}
        order by organization_id limit 1)
      union all
        (select q.organization_id, t.nth + 1 from turn t
        cross join lateral (select organization_id from filter_queue where organization_id > t.id
          order by organization_id limit 1) q
        where t.nth < ${organizationsMax}))
    select id from turn`;
  return rows.map(({ id }) => id);
}

/**
 * Takes the oldest candidates of each of these organizations that are due, `shareMax` of each at most, and keeps them
 * from others until the transaction ends. In the order of the organizations' ids; those of one event after each other.
 */
export async function takeCandidates(
  tx: Queryable,
  organizationIds: string[],
  shareMax: number,
): Promise<Candidate[]> {
  return tx<Candidate[]>`
    with batch as materialized (select o.id organization_id, q.* from unnest(${organizationIds}::uuid[]) o(id)
      cross join lateral (select subscription_id, event_id from filter_queue
        where organization_id = o.id and due_at <= now() order by due_at, event_id
        limit ${shareMax} for update skip locked) q),
    numbered as (select b.*, row_number() over (partition by event_id order by subscription_id) nth from batch b)
    select n.subscription_id "subscriptionId", n.event_id "eventId", n.organization_id "organizationId", s.version,
      p.body "sealedBody"
    from numbered n
    left join lateral (select version from subscriptions where id = n.subscription_id offset 0) s on true
    left join lateral (select body from event_payloads where id = n.event_id and n.nth = 1 offset 0) p on true
    order by n.organization_id, n.event_id, n.nth`;
}
