import { randomBytes } from "node:crypto";
import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { sealLeadDetails } from "@carewire/service-kit";
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
  const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
  const failed = await seedDelivery(api, { tenant, subscription, eventId, status: 3, tries: [500] });
  return {
    failedDeliveries: failed.id,
    replays: await addReplay(api, tenant, subscription),
    apiKeys: String(apiKey.body.id),
    events: String(published.body.id),
    eventTypes: await addEventType(api, tenant),
    customers: await addCustomer(api, tenant),
    leads: await addLead(api, tenant),
    resources: await addResources(api, tenant),
    accounts: await addAccount(api, tenant),
    sessions: await addSession(api, tenant),
    organizations: publicId("org", tenant.organizationId),
    ekaWebhooks: await addEkaWebhook(api, tenant),
    subscriptions: subscription,
    deliveries: delivery.id,
  };
}

/** A replay that is cancelled at once: only so many may run at the same time. */
async function addReplay(api: TestApi, { key }: TestTenant, subscription: string): Promise<string> {
  const body = { filter: { subscription_id: subscription } };
  const made = await api.send("POST", "/v1/replays", { key, body });
  await api.send("POST", `/v1/replays/${made.body.id}/cancel`, { key });
  return String(made.body.id);
}

async function addEventType(api: TestApi, { key }: TestTenant): Promise<string> {
  const type = `example.happened-${randomBytes(6).toString("hex")}`;
  const made = await api.send("POST", "/v1/event-types", { key, body: { type, description: "an example" } });
  return String(made.body.type);
}

async function addResources(api: TestApi, { key }: TestTenant): Promise<string> {
  const id = `res_${randomBytes(6).toString("hex")}`;
  const events = ["appointment", "prescription"].map((kind) => {
    const data = { [`${kind}_id`]: id, patient_id: "p" };
    return { type: `${kind}.created`, data, resource: { kind, id, version: 1, body: { id, kind } } };
  });
  await api.send("POST", "/v1/events/batch", { key, body: { events } });
  return id;
}

async function addEkaWebhook(api: TestApi, { key }: TestTenant): Promise<string> {
  const body = { endpoint: `https://hooks.example.com/${randomBytes(6).toString("hex")}` };
  const made = await api.send("POST", "/notification/v1/connect/webhook/subscriptions", { key, body });
  return String(made.body.id);
}

/** Beside the one that keys of an account are bound to. */
async function addAccount(api: TestApi, { key }: TestTenant): Promise<string> {
  const made = await api.send("POST", "/v1/accounts", { key, body: { name: "example" } });
  return String(made.body.id);
}

async function addSession(api: TestApi, { key }: TestTenant): Promise<string> {
  const made = await api.send("POST", "/v1/sessions", { key });
  return String(made.body.token);
}

async function addCustomer(api: TestApi, { key }: TestTenant): Promise<string> {
  const id = `cus_${randomBytes(6).toString("hex")}`;
  await api.send("PUT", `/v1/customers/${id}`, { key, body: { name: "Jane Example" } });
  return id;
}

/** As the ingress-gtm worker stores one that it holds back. */
export async function addLead(
  api: TestApi,
  { organizationId }: TestTenant,
  { email = "sam@clinic.example", campaign = "spring" } = {},
): Promise<string> {
  const id = newId(Date.now());
  const details = { email, phone: null, name: "Sam Doe", message: null, pageUrl: null, fields: { email } };
  const dataKey = await api.vault.dataKey(organizationId);
  await api.sql`
    insert into leads (id, organization_id, source, campaign, status, reason, details, consent_given, consent_text,
      consent_at, first_submitted_at, last_submitted_at)
    values (${id}, ${organizationId}, 'website', ${campaign}, 'quarantined', 'too_fast',
      ${sealLeadDetails(dataKey, id, details)}, true, 'You may write.', now(), now(), now())`;
  return publicId("led", id);
}
