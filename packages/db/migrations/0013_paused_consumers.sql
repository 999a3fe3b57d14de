-- Consumers hold nothing any more: what is meant for a paused one waits in the queue. What was held until now joins it.
with held as (update deliveries set status = 0
  where destination_id = any(array(select id from consumers where removed_at is null)) and status = 1
  returning id, organization_id, event_id, destination_id, attempts)
insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
select id, organization_id, event_id, destination_id, 64, 1, attempts from held
on conflict (id) do nothing;
