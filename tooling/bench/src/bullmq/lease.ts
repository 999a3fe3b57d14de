import type { Sql } from "@carewire/db";

/** A leased delivery with everything its request needs. */
export interface Leased {
  id: string;
  organization_id: string;
  event_id: string;
  type: string;
  occurred_at_ms: number;
  subscription_id: string;
  attempt: number;
  lease_token: string;
  body: Buffer;
}

const leaseSeconds = 60;

/** Leases the deliveries that jobs asked for and are still due; null for the others. In the order of `ids`. */
export async function leaseDeliveries(sql: Sql, ids: string[]): Promise<(Leased | null)[]> {
  const rows = await sql<Leased[]>`
    with token as materialized (select nextval('lease_seq') t),
    leased as (update delivery_queue q set lease_token = (select t from token),
        lease_until = now() + ${leaseSeconds} * interval '1 second', attempts = q.attempts + 1
      where q.id = any(${ids}::uuid[]) and q.due_at <= now() and (q.lease_until is null or q.lease_until <= now())
      returning q.id, q.organization_id, q.event_id, q.destination_id, q.attempts, q.lease_token)
    select l.id, l.organization_id, l.event_id, e.type, l.destination_id subscription_id, l.attempts::int attempt,
      (extract(epoch from e.occurred_at) * 1000)::float8 occurred_at_ms, l.lease_token::text, p.body
    from leased l
    cross join lateral (select * from events where id = l.event_id offset 0) e
    cross join lateral (select body from event_payloads where id = l.event_id offset 0) p`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
