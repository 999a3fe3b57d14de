import { createHash } from "node:crypto";
import { type Scope, scopes } from "@carewire/contracts";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExampleIds, exampleRequests } from "./testing/example-requests.ts";
import { createSubscription, seedDelivery } from "./testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";
import type { TestTenant } from "./testing/test-tenant.ts";

let api: TestApi;
let own: ExampleIds;
let theirs: ExampleIds;

beforeAll(async () => {
  api = await startTestApi();
  own = await fill(api.tenant);
  theirs = await fill(api.stranger);
});

afterAll(() => api.stop());

async function fill(tenant: TestTenant): Promise<ExampleIds> {
  const subscription = await createSubscription(api, {}, tenant.key);
  const body = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };
  const published = await api.send("POST", "/v1/events", { key: tenant.key, body });
  const delivery = await seedDelivery(api, { tenant, subscription, tries: [500] });
  return { events: String(published.body.id), subscriptions: subscription, deliveries: delivery.id };
}

/** A fingerprint of everything a tenant owns, to show that nothing of it moved. */
async function stateOf(tenant: TestTenant): Promise<string> {
  const { organizationId: id } = tenant;
  const rows = await Promise.all([
    api.sql`select * from subscriptions where organization_id = ${id} order by id`,
    api.sql`select * from deliveries where organization_id = ${id} order by id`,
    api.sql`select * from audit_log where organization_id = ${id} order by seq`,
  ]);
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

describe.each(exampleRequests)("$name", ({ name, method, scope, path, body }) => {
  test("answers its owner as the document promises", async () => {
    const ids =
      name === "subscriptions.remove" ? { ...own, subscriptions: await createSubscription(api) } : own;
    const answer = await api.send(method, path(ids), { body });
    expect(answer.status).toBeLessThan(300);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test(`needs the scope ${scope}, and no other will do: 403`, async () => {
    const { key } = await api.tenant.createKey({ scopes: scopes.filter((other) => other !== scope) });
    const answer = await api.send(method, path(own), { key, body });
    expect(answer.body).toMatchObject({ status: 403, code: "insufficient_scope" });
    expect(scopes).toContain(scope as Scope);
  });

  test("needs a key that is known and alive: 401, always the same", async () => {
    const expired = await api.tenant.createKey({ expiresAt: new Date(Date.now() - 1_000) });
    const unknown = `${api.tenant.key.slice(0, -1)}${api.tenant.key.endsWith("0") ? "1" : "0"}`;
    for (const key of [expired.key, unknown, "", "x".repeat(200)]) {
      const answer = await api.send(method, path(own), { key, body });
      expect(answer.body).toMatchObject({ status: 401, code: "unauthorized" });
    }
  });
});

describe.each(exampleRequests.filter((example) => example.isOfOne))("$name", ({ method, path, body }) => {
  test("knows nothing of another tenant's: 404, and nothing moves", async () => {
    const before = await stateOf(api.stranger);
    const answer = await api.send(method, path(theirs), { body });
    expect(answer.body).toMatchObject({ status: 404, code: "not_found" });
    expect(await stateOf(api.stranger)).toBe(before);
  });

  test.each(["nonsense", "%00", "evt_zzzzzzzzzzzzzzzzzzzzzzzzzz", "..%2f..%2fx", "'--"])(
    "has no thing called %s: 404",
    async (id) => {
      const answer = await api.send(method, path({ events: id, subscriptions: id, deliveries: id }), {
        body,
      });
      expect(answer.status).toBe(404);
    },
  );
});

const lists = exampleRequests.filter(({ isOfOne, method }) => !isOfOne && method === "GET");

test.each(lists)("$name lists nothing of another tenant's", async ({ method, path }) => {
  const { text } = await api.send(method, path(own));
  for (const id of Object.values(theirs)) expect(text).not.toContain(id);
});

test("every route was answered with success, and each answer had the documented form", () => {
  const successes = [...api.checkedRoutes].filter((route) => / 2\d\d$/.test(route));
  expect(successes).toHaveLength(exampleRequests.length);
});

test("a revoked key stops working without a restart", async () => {
  const { key, id } = await api.tenant.createKey();
  expect((await api.send("GET", "/v1/events", { key })).status).toBe(200);
  await api.sql`update api_keys set revoked_at = now() where id = ${id}`;
  await eventually(async () => (await api.send("GET", "/v1/events", { key })).status === 401, {
    timeoutMs: 1_000,
  });
});
