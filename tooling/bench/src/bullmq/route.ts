import type { Sql } from "@carewire/db";

const eventsMax = 500;

/** The dispatcher's routing statement for subscriptions, returning delivery ids because every one becomes a job. */
export async function routeBatch(sql: Sql): Promise<{ events: number; deliveryIds: string[] }> {
  const rows = await sql<{ id: string | null; events: number }[]>`
    with batch as materialized (
      select ctid tid, event_id, organization_id, account_id, type from route_queue
      order by event_id limit ${eventsMax} for update skip locked),
    keys as materialized (select distinct organization_id, account_id, type from batch),
    hit as materialized (
      select distinct k.organization_id, k.account_id, k.type, p.subscription_id destination_id, p.shard
      from keys k
      cross join lateral unnest(array['*', k.type, split_part(k.type, '.', 1) || '.*',
        split_part(k.type, '.', 1) || '.' || split_part(k.type, '.', 2) || '.*']) t(pattern)
      cross join lateral (select * from subscription_patterns sp
        where sp.organization_id = k.organization_id and sp.pattern = t.pattern and not sp.held offset 0) p
      where p.account_id is null or p.account_id = k.account_id),
    matched as materialized (
      select uuidv7() id, b.organization_id, b.event_id, h.destination_id, h.shard
      from batch b join hit h on h.organization_id = b.organization_id and h.type = b.type
        and h.account_id is not distinct from b.account_id),
    removed as (delete from route_queue where ctid = any(array(select tid from batch))),
    history as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
      select id, organization_id, event_id, destination_id, 0 from matched),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, organization_id, event_id, destination_id, shard from matched returning id)
    select id::text, (select count(*)::int from batch) events
    from (select id from queued union all select null) z`;
  return {
    events: rows[0]?.events ?? 0,
    deliveryIds: rows.flatMap(({ id }) => (id === null ? [] : [id])),
  };
}
