import type { Queryable } from "@carewire/db";

/**
 * Queues the events of one inbound request for routing again, all of them or none; returns how many. Zero while one of
 * them still waits to be routed or filtered, or has lost its payload. Two at the same time take turns, and each looks
 * after the other's commit: the router takes an event as waiting for a filter once only.
 */
export async function republishEvents(tx: Queryable, inboundRequestId: string): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('republish:' || ${inboundRequestId}::text, 0))`;
  const queued = await tx`
    with wanted as materialized (
      select e.id, e.organization_id, e.account_id, e.type from events e
      where e.inbound_request_id = ${inboundRequestId}::uuid)
    insert into route_queue (event_id, organization_id, account_id, type)
    select id, organization_id, account_id, type from wanted
    where not exists (select from route_queue r join wanted w on w.id = r.event_id)
      and not exists (select from filter_queue f join wanted w on w.id = f.event_id)
      and not exists (select from wanted w where not exists (
        select from event_payloads p where p.id = w.id and p.body is not null))
    on conflict (event_id) do nothing`;
  return queued.count;
}
