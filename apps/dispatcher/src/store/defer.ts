import type { Sql } from "@carewire/db";

/** A claimed delivery that must wait: its endpoint is broken, has used up its rate limit or has enough in flight. */
export interface DeferredDelivery {
  id: string;
  leaseToken: string;
  /** 0: it keeps its place. */
  delayMs: number;
}

/**
 * Gives claimed deliveries back as if they had not been claimed, only due later: no attempt is counted and none is lost.
 * Fenced by their lease tokens.
 */
export async function deferDeliveries(sql: Sql, deliveries: DeferredDelivery[]): Promise<void> {
  await sql`
    update delivery_queue q set lease_token = null, lease_until = null, attempts = q.attempts - 1,
      due_at = case o.delay_ms when 0 then q.due_at else now() + o.delay_ms * interval '1 millisecond' end
    from unnest(${deliveries.map((d) => d.id)}::uuid[], ${deliveries.map((d) => d.leaseToken)}::bigint[],
      ${deliveries.map((d) => Math.ceil(d.delayMs))}::int[]) o(id, token, delay_ms)
    where q.id = o.id and q.lease_token = o.token`;
}
