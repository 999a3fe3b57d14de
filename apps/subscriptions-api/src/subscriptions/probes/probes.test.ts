import { wakeChannel } from "@carewire/bus";
import { parsePublicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createSubscription, seedDelivery } from "../../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";
import { auditOf, deliveryRows, subscriptionRowId } from "../../testing/subscription-rows.ts";

let api: TestApi;
/** For what nobody answers. */
let impatient: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  impatient = await startTestApi({ probeTimeoutMs: 400 });
  await impatient.probes.setStatus(null);
});
beforeEach(() => api.probes.setStatus(200));
afterAll(() => Promise.all([api.stop(), impatient.stop()]));

const ping = (id: string, of = api) => of.send("POST", `/v1/subscriptions/${id}/ping`);
const sendTest = (id: string, type: string) =>
  api.send("POST", `/v1/subscriptions/${id}/test`, { body: { type } });

/** The event that a delivery of ours carries, as stored. */
async function eventOf(deliveryId: unknown) {
  const [row] = await api.sql<Record<string, unknown>[]>`
    select e.id, e.type, e.account_id, p.type as payload_type, p.body, d.trigger,
      exists (select from route_queue q where q.event_id = e.id) as to_be_routed
    from deliveries d join events e on e.id = d.event_id join event_payloads p on p.id = e.id
    where d.id = ${parsePublicId("dlv", String(deliveryId)) ?? ""}`;
  const dataKey = await api.vault.dataKey(api.tenant.organizationId);
  return {
    ...row,
    data: JSON.parse(dataKey.open(`event_payloads:${row?.id}`, row?.body as Buffer).toString()),
  };
}

describe("a ping", () => {
  test("is a delivery of a webhook.ping to this subscription only, and its outcome is the answer", async () => {
    const id = await createSubscription(api, { account_id: api.tenant.account });
    const answer = await ping(id);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual({
      delivery_id: expect.stringMatching(/^dlv_/),
      delivered: true,
      attempt: {
        outcome: "answered",
        response_code: 200,
        response_body: null,
        response_headers: { server: "test" },
        duration_ms: 7,
        error: null,
        reason: "answered 200",
        request_headers: { "webhook-id": "evt_1" },
      },
    });
    expect(await eventOf(answer.body.delivery_id)).toMatchObject({
      type: "webhook.ping",
      payload_type: "webhook.ping",
      account_id: api.tenant.accountId,
      trigger: 2,
      to_be_routed: false,
      data: { subscription_id: id },
    });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ action: "subscription.pinged" });
  });

  test("that the endpoint refuses is answered with 200 as well: that it failed is the outcome", async () => {
    await api.probes.setStatus(503);
    const id = await createSubscription(api);
    expect((await ping(id)).body).toMatchObject({ delivered: false, attempt: { response_code: 503 } });
  });

  test("reaches a paused subscription", async () => {
    const id = await createSubscription(api, { active: false });
    expect((await ping(id)).body).toMatchObject({ delivered: true });
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({ active: false });
  });

  test("goes before everything that waits for the endpoint already", async () => {
    await api.probes.setStatus(null);
    const id = await createSubscription(api);
    await seedDelivery(api, { subscription: id });
    const asked = ping(id);
    const waiting = await eventually(async () => {
      const rows = await api.sql<{ probe: boolean }[]>`
        select probe from delivery_queue where destination_id = ${subscriptionRowId(id)} order by due_at`;
      return rows.length === 2 && rows;
    });
    expect(waiting.map(({ probe }) => probe)).toEqual([true, false]);
    await api.probes.setStatus(200);
    await api.sql.notify(wakeChannel, "shards:0");
    expect((await asked).status).toBe(200);
  });

  test("that nothing takes in time is answered with 504 and taken back", async () => {
    const id = await createSubscription(impatient);
    const answer = await ping(id, impatient);
    expect(answer.body).toMatchObject({ status: 504, code: "gateway_timeout" });
    expect(await deliveryRows(impatient, id)).toMatchObject([{ status: 4, queued: false, finished: true }]);
  });

  test("that is being sent when the time is over is left alone: 504 says where its outcome will be", async () => {
    await impatient.sql.unsafe(`create function lease_at_once() returns trigger language plpgsql as $$ begin
        new.lease_token := 1; new.lease_until := now() + interval '1 minute'; new.attempts := 1; return new; end $$;
      create trigger lease_at_once before insert on delivery_queue for each row execute function lease_at_once()`);
    onTestFinished(() => void impatient.sql.unsafe("drop function lease_at_once cascade").execute());
    const id = await createSubscription(impatient);
    const answer = await ping(id, impatient);
    expect(answer.body).toMatchObject({
      status: 504,
      detail: expect.stringMatching(/\/v1\/deliveries\/dlv_/),
    });
    expect(await deliveryRows(impatient, id)).toMatchObject([{ status: 0, queued: true }]);
  });

  test("whose subscription is deleted meanwhile ends with 404", async () => {
    await api.probes.setStatus(null);
    const id = await createSubscription(api);
    const asked = ping(id);
    await eventually(async () => (await deliveryRows(api, id)).length === 1);
    await api.send("DELETE", `/v1/subscriptions/${id}`);
    expect((await asked).status).toBe(404);
  });

  test("and tests together are ten in a row, then 429 with when to come back; others are not affected", async () => {
    const [id, other] = [await createSubscription(api), await createSubscription(api)];
    const startedAtMs = Date.now();
    let allowed = 0;
    let refused = await ping(id);
    for (; refused.status === 200; allowed++) {
      refused = await (allowed % 2 === 0 ? sendTest(id, "order.paid") : ping(id));
    }
    const comeBack = Math.floor((Date.now() - startedAtMs) / 6_000);
    expect(allowed).toBeGreaterThanOrEqual(10);
    expect(allowed).toBeLessThanOrEqual(10 + comeBack);
    expect(refused.body).toMatchObject({ status: 429, code: "too_many_requests" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(6);
    expect(await deliveryRows(api, id)).toHaveLength(allowed);
    expect((await ping(other)).status).toBe(200);
  });

  test("takes no fields", async () => {
    const id = await createSubscription(api);
    const answer = await api.send("POST", `/v1/subscriptions/${id}/ping`, {
      body: { url: "https://a.example" },
    });
    expect(answer.body).toMatchObject({ status: 422, code: "unknown_field" });
  });
});

describe("a test", () => {
  test("sends the catalog's example of the type, whatever the subscription subscribes to", async () => {
    const id = await createSubscription(api, { events: ["customer.*"] });
    const answer = await sendTest(id, "order.paid");
    expect(answer.body).toMatchObject({ delivered: true });
    expect(await eventOf(answer.body.delivery_id)).toMatchObject({
      type: "order.paid",
      trigger: 2,
      to_be_routed: false,
      data: { order_id: expect.any(String), customer_id: expect.any(String) },
    });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      action: "subscription.tested",
      detail: { type: "order.paid" },
    });
  });

  test("sends the example of an own type, and asks for one where there is none", async () => {
    const id = await createSubscription(api);
    const { organizationId } = api.tenant;
    await api.sql`
      insert into event_types (organization_id, type, domain, description, example, created_by)
      values (${organizationId}, 'lab.ordered', 'Lab', 'ordered', '{"lab": 1}', 'test'),
        (${organizationId}, 'lab.silent', 'Lab', 'silent', null, 'test'),
        (${api.stranger.organizationId}, 'lab.foreign', 'Lab', 'foreign', '{"secret": 1}', 'test')`;
    const answer = await sendTest(id, "lab.ordered");
    expect(await eventOf(answer.body.delivery_id)).toMatchObject({ type: "lab.ordered", data: { lab: 1 } });
    for (const type of ["lab.silent", "lab.foreign", "no.such_type", "cari.auth.user_created", "*"]) {
      expect((await sendTest(id, type)).body, type).toMatchObject({
        status: 422,
        errors: [{ path: "type", code: "unknown_event_type" }],
      });
    }
    expect((await sendTest(id, "a\u0000")).status).toBe(422);
    expect(await deliveryRows(api, id)).toHaveLength(1);
  });
});
