import type { Queryable } from "@carewire/db";
import { packBytes, plainArray } from "../array-literal.ts";
import { consumerShard } from "../consume/claim-deliveries.ts";

/** One dead letter to try again. */
export interface WantedRetry {
  deadLetterId: string;
  /** UUIDv7 from `newId`: the retry's, and its delivery's. */
  retryId: string;
  /** What to use in place of the payload, sealed under `correctionAad(retryId)`; null: what there is. */
  sealedPayload: Buffer | null;
}

/**
 * Queues dead letters again, each for the one consumer that failed, or for the ingress that could not map the request,
 * in one statement; returns the ids of those it took. Not taken: what is not open (any more), and what nobody is there to
 * take. Who else asks for the same letters at that moment waits, and is told that they are not open. Wake the consumers
 * after the commit.
 */
export async function retryDeadLetters(
  tx: Queryable,
  wanted: readonly WantedRetry[],
  requestedBy: string,
): Promise<string[]> {
  if (wanted.length === 0) return [];
  const payloads = packBytes(wanted.map(({ sealedPayload }) => sealedPayload));
  const rows = await tx<{ id: string }[]>`
    with asked as materialized (
      select dead_letter_id, retry_id,
        substring((select ${payloads.joined}::bytea) from payload_offset for payload_length) payload
      from unnest(${plainArray(wanted.map(({ deadLetterId }) => deadLetterId))}::uuid[],
        ${plainArray(wanted.map(({ retryId }) => retryId))}::uuid[], ${payloads.offsets}::int[], ${payloads.lengths}::int[])
        t(dead_letter_id, retry_id, payload_offset, payload_length)),
    taken as materialized (
      select l.id, l.organization_id, l.event_id, l.delivery_id, l.source_id, a.retry_id, a.payload, c.id consumer_id
      from asked a join dead_letters l on l.id = a.dead_letter_id
      left join consumers c on c.name = l.consumer and c.removed_at is null
      where l.status = 'open' and (l.source_id is not null or (c.id is not null and l.event_id is not null))
      order by l.id for update of l),
    marked as (update dead_letters l set status = 'retrying', retries = least(l.retries + 1, 32767)
      from taken where l.id = taken.id),
    kept as (insert into dead_letter_retries (id, organization_id, dead_letter_id, payload, requested_by)
      select retry_id, organization_id, id, payload, ${requestedBy} from taken),
    made as (insert into deliveries
        (id, organization_id, event_id, destination_id, destination_kind, trigger, replay_of)
      select retry_id, organization_id, event_id, consumer_id, 1, 1, delivery_id
      from taken where source_id is null),
    queued as (insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane)
      select retry_id, organization_id, event_id, consumer_id, ${consumerShard}::smallint, 1
      from taken where source_id is null)
    select id from taken`;
  return rows.map(({ id }) => id);
}
