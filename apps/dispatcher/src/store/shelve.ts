import type { Sql } from "@carewire/db";

/** A claimed delivery that cannot be sent now: its subscription was paused, deleted or cannot be read. */
export interface ShelvedDelivery {
  id: string;
  leaseToken: string;
}

/** How long a delivery waits whose subscription is active and yet could not be sent to. */
const postponedSeconds = 15;

/**
 * Gives claimed deliveries back without an attempt, fenced by their lease tokens: cancelled when the subscription is
 * gone, held when it is inactive, else due again a little later. The subscription's row decides, locked meanwhile:
 * one that is resumed at this moment would otherwise leave a held delivery that nobody releases.
 */
export async function shelveDeliveries(sql: Sql, deliveries: ShelvedDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await sql`
    with o as materialized (select * from unnest(${deliveries.map((d) => d.id)}::uuid[],
      ${deliveries.map((d) => d.leaseToken)}::bigint[]) t(id, token)),
    endpoint as materialized (select id, active from subscriptions
      where id = any(array(select q.destination_id from delivery_queue q join o on o.id = q.id)) for share),
    fate as materialized (select q.id, o.token,
        case when e.id is null then 4 when not e.active then 1 end::smallint status
      from o join delivery_queue q on q.id = o.id and q.lease_token = o.token
      left join endpoint e on e.id = q.destination_id),
    removed as (delete from delivery_queue q using fate f
      where q.id = f.id and q.lease_token = f.token and f.status is not null
      returning q.id, q.event_id, q.attempts - 1 attempts, f.status),
    -- One that was the first of its lane becomes the first of those that wait.
    freed as (delete from fifo_lanes l using removed r where l.delivery_id = r.id
      returning l.delivery_id, l.organization_id, l.subscription_id, l.subject, r.event_id, r.status),
    waiting as (insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      select delivery_id, organization_id, subscription_id, subject, event_id from freed where status = 1),
    postponed as (update delivery_queue q set lease_token = null, lease_until = null, attempts = q.attempts - 1,
        due_at = now() + ${postponedSeconds} * interval '1 second'
      from fate f where q.id = f.id and q.lease_token = f.token and f.status is null)
    update deliveries d set status = r.status, attempts = r.attempts,
      finished_at = case when r.status = 4 then now() end
    from removed r where d.id = r.id`;
}
