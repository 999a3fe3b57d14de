import type { Sql } from "@carewire/db";

/** A claimed delivery that must wait: its endpoint is broken or has used up its rate limit. */
export interface DeferredDelivery {
  id: string;
  leaseToken: string;
  delayMs: number;
}

/**
 * Gives claimed deliveries back as if they had not been claimed, only due later: no attempt is counted and none is lost.
 * Fenced by their lease tokens.
 */
export async function deferDeliveries(sql: Sql, deliveries: DeferredDelivery[]): Promise<void> {
  await sql`
    update delivery_queue q set lease_token = null, lease_until = null, attempts = q.attempts - 1,
      due_at = now() + o.delay_ms * interval '1 millisecond'
    from unnest(${deliveries.map((d) => d.id)}::uuid[], ${deliveries.map((d) => d.leaseToken)}::bigint[],
      ${deliveries.map((d) => Math.ceil(d.delayMs))}::int[]) o(id, token, delay_ms)
    where q.id = o.id and q.lease_token = o.token`;
}
