import type { Sql } from "@carewire/db";

export interface Backlog {
  /** Deliveries due now that nothing holds back. */
  due: number;
  /** For how long the first of them has been due. */
  oldestSeconds: number;
  /** Due, but their endpoint's breaker is open or it has a rate limit: they wait for the endpoint, not for us. */
  heldBack: number;
}

const countedMax = 100_000;

/** Measures what waits. Bounded: counting stops at 100,000 deliveries. */
export async function measureBacklog(sql: Sql): Promise<Backlog> {
  const [row] = await sql<[{ due: number; oldest: number | null; held_back: number }]>`
    select count(*) filter (where not held_back)::int due, count(*) filter (where held_back)::int held_back,
      extract(epoch from now() - min(due_at) filter (where not held_back))::float8 oldest
    from (select due_at, destination_id in (select subscription_id from endpoint_state where breaker <> 'closed'
        union all select id from subscriptions where rate_limit_per_second is not null) held_back
      from delivery_queue where due_at <= now() and shard < 64 limit ${countedMax}) q`;
  return { due: row.due, oldestSeconds: row.oldest ?? 0, heldBack: row.held_back };
}
