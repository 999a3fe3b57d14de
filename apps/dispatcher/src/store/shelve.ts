import type { Sql } from "@carewire/db";

/** A claimed delivery that must not be sent: its subscription was paused (`held`) or deleted (`cancelled`). */
export interface ShelvedDelivery {
  id: string;
  leaseToken: string;
  status: "held" | "cancelled";
}

const storedStatus = { held: 1, cancelled: 4 } as const;

/** Takes claimed deliveries off the queue without an attempt. Fenced by their lease tokens. */
export async function shelveDeliveries(sql: Sql, deliveries: ShelvedDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await sql`
    with o as materialized (select * from unnest(${deliveries.map((d) => d.id)}::uuid[],
      ${deliveries.map((d) => d.leaseToken)}::bigint[],
      ${deliveries.map((d) => storedStatus[d.status])}::smallint[]) t(id, token, status)),
    removed as (delete from delivery_queue q using o where q.id = o.id and q.lease_token = o.token
      returning q.id, q.attempts)
    update deliveries d set status = o.status, attempts = removed.attempts - 1,
      finished_at = case when o.status = 4 then now() end
    from o join removed using (id) where d.id = o.id`;
}
