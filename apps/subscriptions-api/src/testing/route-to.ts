import { newId, parsePublicId, publicId } from "@carewire/envelope";
import type { TestApi } from "./start-test-api.ts";

/** Publishes events and routes them to one subscription, as a dispatcher would; returns the deliveries' public ids. */
export async function routeTo(api: TestApi, subscription: string, count = 1): Promise<string[]> {
  const subscriptionId = parsePublicId("sub", subscription);
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const body = { type: "order.paid", data: { order_id: `o_${i}`, customer_id: "c", text: "é\u2028 1.0" } };
    await api.send("POST", "/v1/events", { body });
    const id = newId(Date.now());
    await api.sql`
      with e as materialized (delete from route_queue where event_id = (
          select event_id from route_queue where type = 'order.paid' order by event_id desc limit 1)
        returning event_id, organization_id),
      p as materialized (select held, shard from subscription_patterns where subscription_id = ${subscriptionId}),
      d as (insert into deliveries (id, organization_id, event_id, destination_id, status)
        select ${id}, organization_id, event_id, ${subscriptionId}, case when held then 1 else 0 end from e, p)
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select ${id}, organization_id, event_id, ${subscriptionId}, shard from e, p where not held`;
    ids.push(publicId("dlv", id));
  }
  await api.sql.notify("carewire_wake", "streams");
  return ids;
}
