import { afterAll, beforeAll, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";
import { subscriptionRowId } from "../../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const stats = async (id: string, query = "") =>
  (await api.send("GET", `/v1/subscriptions/${id}/stats${query}`)).body;

test("of a subscription that was sent nothing there is nothing to say", async () => {
  expect(await stats(await createSubscription(api))).toMatchObject({
    sample: { deliveries: 0, attempts: 0, complete: true },
    deliveries: { pending: 0, retrying: 0, held: 0, delivered: 0, failed: 0, cancelled: 0 },
    success_rate: null,
    duration_ms: { p50: null, p95: null },
    waiting: {
      queued: 0,
      held: 0,
      draining: false,
      complete: true,
      oldest_due_at: null,
      next_due_at: null,
    },
    endpoint: { in_flight_limit: null, breaker: "closed", breaker_until: null, failing_since: null },
  });
});

test("counts by status, the rate of success, durations and what waits", async () => {
  const id = await createSubscription(api);
  const other = await createSubscription(api);
  await seedDelivery(api, { subscription: other, status: 3, tries: [500] });
  const due = await seedDelivery(api, { subscription: id });
  const later = await seedDelivery(api, { subscription: id, tries: [500] });
  await seedDelivery(api, { subscription: id, status: 1 });
  const tried = [];
  for (const status of [2, 2, 2, 3, 4])
    tried.push(await seedDelivery(api, { subscription: id, status, tries: [200] }));
  for (const [n, { rowId }] of tried.entries()) {
    await api.sql`update attempts set duration_ms = ${(n + 1) * 100} where delivery_id = ${rowId}`;
  }
  await api.sql`update attempts set duration_ms = null where delivery_id = ${later.rowId}`;
  await api.sql`update delivery_queue set due_at = '2026-01-02T03:04:05Z' where id = ${due.rowId}`;
  await api.sql`update delivery_queue set due_at = '2096-01-02T03:04:05Z' where id = ${later.rowId}`;
  expect(await stats(id)).toMatchObject({
    sample: { deliveries: 8, attempts: 5, complete: true },
    deliveries: { pending: 1, retrying: 1, held: 1, delivered: 3, failed: 1, cancelled: 1 },
    success_rate: 0.75,
    duration_ms: { p50: 300, p95: 480 },
    waiting: {
      queued: 2,
      held: 1,
      complete: true,
      oldest_due_at: "2026-01-02T03:04:05.000Z",
      next_due_at: "2096-01-02T03:04:05.000Z",
    },
  });
});

test("pings and tests do not count", async () => {
  const id = await createSubscription(api);
  expect((await api.send("POST", `/v1/subscriptions/${id}/ping`)).status).toBe(200);
  expect(await stats(id)).toMatchObject({ sample: { deliveries: 0 }, success_rate: null });
});

test("what is being sent is queued, but not due", async () => {
  const id = await createSubscription(api);
  const { rowId } = await seedDelivery(api, { subscription: id });
  await api.sql`update delivery_queue set lease_token = 1, lease_until = now() + interval '1 minute' where id = ${rowId}`;
  expect(await stats(id)).toMatchObject({ waiting: { queued: 1, oldest_due_at: null, next_due_at: null } });
});

test("a resumed subscription is draining until dispatchers have looked at everything once", async () => {
  const id = await createSubscription(api);
  await api.send("POST", `/v1/subscriptions/${id}/pause`);
  expect((await stats(id)).waiting).toMatchObject({ draining: false });
  await api.send("POST", `/v1/subscriptions/${id}/resume`);
  expect((await stats(id)).waiting).toMatchObject({ draining: true });
  await api.sql`update endpoint_drains set last_pass = true where subscription_id = ${subscriptionRowId(id)}`;
  expect((await stats(id)).waiting).toMatchObject({ draining: false });
});

test("the window begins where it is told to", async () => {
  const id = await createSubscription(api);
  await seedDelivery(api, { subscription: id, status: 2, tries: [200] });
  const since = new Date(Date.now() + 60_000).toISOString();
  expect(await stats(id, `?since=${since}`)).toMatchObject({ since, sample: { deliveries: 0 } });
  expect((await api.send("GET", `/v1/subscriptions/${id}/stats?since=yesterday`)).status).toBe(422);
});

test("a sample that is full says so", async () => {
  const id = await createSubscription(api);
  const rowId = subscriptionRowId(id);
  await api.sql`
    insert into deliveries (id, organization_id, event_id, destination_id, status)
    select uuidv7(), ${api.tenant.organizationId}, uuidv7(), ${rowId}, 2 from generate_series(1, 1001)`;
  expect(await stats(id)).toMatchObject({
    sample: { deliveries: 1_000, complete: false },
    deliveries: { delivered: 1_000 },
    success_rate: 1,
  });
});

test("shows what the dispatchers know of the endpoint", async () => {
  const id = await createSubscription(api);
  await api.sql`
    insert into endpoint_state (subscription_id, organization_id, consecutive_failures, failing_since, in_flight_limit,
      breaker, breaker_until, last_failure_at)
    values (${subscriptionRowId(id)}, ${api.tenant.organizationId}, 7, '2026-01-02T03:04:05Z', 3, 'half_open',
      '2026-01-02T04:04:05Z', '2026-01-02T04:00:00Z')`;
  expect((await stats(id)).endpoint).toEqual({
    in_flight_limit: 3,
    breaker: "half_open",
    breaker_until: "2026-01-02T04:04:05.000Z",
    consecutive_failures: 7,
    failing_since: "2026-01-02T03:04:05.000Z",
    last_success_at: null,
    last_failure_at: "2026-01-02T04:00:00.000Z",
  });
});
