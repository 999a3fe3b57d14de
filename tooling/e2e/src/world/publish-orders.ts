import { eventually } from "@carewire/testkit";
import type { ApiClient } from "./api-client.ts";

/** `count` events `order.paid` with ids of their own, `<prefix>_<n>`. */
export const orders = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `${prefix}_${n}`,
    type: "order.paid",
    data: { order_id: `${prefix}_${n}`, customer_id: "cus_1", amount: 1_000, currency: "eur" },
  }));

/** Publishes orders in one batch, again as long as the API has no time for it; returns the ids that were acknowledged, all of them. */
export async function publishOrders(api: ApiClient, prefix: string, count: number): Promise<string[]> {
  const events = orders(prefix, count);
  const answer = await eventually(async () => {
    const tried = await api.tryPost<{ data: { id?: string }[] }>("/v1/events/batch", { events });
    return tried?.status === 202 && tried;
  });
  const acknowledged = answer.body.data.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (acknowledged.length !== count) throw new Error(`only ${acknowledged.length} of ${count} were accepted`);
  return acknowledged;
}
