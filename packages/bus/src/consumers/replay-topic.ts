import type { Queryable } from "@carewire/db";
import { consumerShard } from "../consume/claim-deliveries.ts";

/** Below first attempts and retries. */
const lane = 2;

/** Which events to give one consumer again. */
export interface TopicReplay {
  consumerId: string;
  topic: string;
  /** Null: of every organization. */
  organizationId: string | null;
  /** Events behind this id: where it begins, or the position that the step before came to. */
  afterId: string;
  /** Events before this id. */
  untilId: string;
  /** Only events that never had a delivery to this consumer; otherwise all but those whose delivery is on its way. */
  onlyMissing: boolean;
  /** Events looked at, of any topic. */
  eventsMax: number;
  /** Only count. */
  isDryRun: boolean;
}

export interface ReplayedTopic {
  /** Deliveries queued, or, in a dry run, to be queued. */
  count: number;
  /** Where the next step goes on; null: there is nothing further. */
  position: string | null;
}

/**
 * One step of a replay: looks at so many events and queues those that are meant for the consumer, below its live traffic.
 * Events that still wait to be routed are left to the router. Two replays of one consumer at the same time take turns, so
 * that with `onlyMissing` no event is queued twice.
 */
export async function replayTopic(tx: Queryable, replay: TopicReplay): Promise<ReplayedTopic> {
  const { consumerId, topic, organizationId, eventsMax } = replay;
  await tx`select pg_advisory_xact_lock(hashtextextended('replay-consumer:' || ${consumerId}::text, 0))`;
  const [row] = await tx<{ count: number; position: string | null; seen: number }[]>`
    with seen as materialized (
      select e.id, e.organization_id, e.type from events e
      where e.id > ${replay.afterId}::uuid and e.id < ${replay.untilId}::uuid
        ${organizationId === null ? tx`` : tx`and e.organization_id = ${organizationId}::uuid`}
      order by e.id limit ${eventsMax}),
    fresh as materialized (
      select uuidv7() delivery_id, s.id, s.organization_id from seen s
      where s.type = ${topic} and not exists (select from route_queue r where r.event_id = s.id)
        and not exists (select from deliveries d where d.event_id = s.id and d.destination_id = ${consumerId}::uuid
          and (${replay.onlyMissing} or d.status in (0, 1)))),
    made as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, trigger)
      select f.delivery_id, f.organization_id, f.id, c.id, 1, 1
      from fresh f join consumers c on c.id = ${consumerId}::uuid where not ${replay.isDryRun}),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane)
      select f.delivery_id, f.organization_id, f.id, c.id, ${consumerShard}, ${lane}
      from fresh f join consumers c on c.id = ${consumerId}::uuid where not ${replay.isDryRun})
    select (select count(*)::int from fresh) count,
      (select id from seen order by id desc limit 1) position, (select count(*)::int from seen) seen`;
  if (row === undefined) throw new Error("a replay's step answered nothing");
  return { count: row.count, position: row.seen < eventsMax ? null : row.position };
}
