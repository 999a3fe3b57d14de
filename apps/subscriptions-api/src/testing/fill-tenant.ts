import type { ExampleIds } from "./example-requests.ts";
import { createSubscription, seedDelivery } from "./seed-delivery.ts";
import type { TestApi } from "./start-test-api.ts";
import type { TestTenant } from "./test-tenant.ts";

/** Gives a tenant one thing of every kind the API knows; returns their public ids. */
export async function fillTenant(api: TestApi, tenant: TestTenant): Promise<ExampleIds> {
  const subscription = await createSubscription(api, {}, tenant.key);
  const body = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };
  const published = await api.send("POST", "/v1/events", { key: tenant.key, body });
  const delivery = await seedDelivery(api, { tenant, subscription, tries: [500] });
  const apiKey = await api.send("POST", "/v1/api-keys", {
    key: tenant.key,
    body: { name: "example", scopes: ["events:read"] },
  });
  return {
    apiKeys: String(apiKey.body.id),
    events: String(published.body.id),
    subscriptions: subscription,
    deliveries: delivery.id,
  };
}
