import type { Queryable } from "@carewire/db";
import { consumerShard } from "../consume/claim-deliveries.ts";

/** Does for consumers what the dispatcher's router does: one delivery and one queue row per match. */
export async function routeToConsumers(sql: Queryable): Promise<void> {
  await sql`
    with batch as materialized (select * from route_queue order by event_id for update skip locked),
    matched as materialized (
      select uuidv7() id, b.organization_id, b.event_id, c.consumer_id
      from batch b join consumer_topics c on c.topic = b.type),
    routed as (delete from route_queue r using batch b where r.event_id = b.event_id),
    made as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
      select id, organization_id, event_id, consumer_id, 1 from matched)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
    select id, organization_id, event_id, consumer_id, ${consumerShard} from matched`;
}
