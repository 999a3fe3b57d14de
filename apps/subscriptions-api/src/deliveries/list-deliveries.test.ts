import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, type SeededDelivery, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { lookedAtMax } from "./read-deliveries.ts";

let api: TestApi;
let subscription: string;

beforeAll(async () => {
  api = await startTestApi();
  subscription = await createSubscription(api);
});
afterAll(() => api.stop());

const idsOf = (body: Record<string, unknown>) => (body.data as { id: string }[]).map(({ id }) => id);

async function list(query: string, key = api.tenant.key): Promise<string[]> {
  const { body } = await api.send("GET", `/v1/deliveries?${query}`, { key });
  return idsOf(body);
}

async function endAttempt({ rowId }: SeededDelivery, n: number, outcome: string): Promise<void> {
  await api.sql`update attempts set outcome = ${outcome} where delivery_id = ${rowId} and n = ${n}`;
}

describe("deliveries are listed", () => {
  test("of one event, by the publisher's id and by ours", async () => {
    const body = { id: "order_4711", type: "order.paid", data: { order_id: "o", customer_id: "c" } };
    await api.send("POST", "/v1/events", { body });
    const [event] = await api.sql`select id from events where external_id = 'order_4711'`;
    const first = await seedDelivery(api, { subscription, eventId: event?.id, status: 2 });
    const second = await seedDelivery(api, { subscription, eventId: event?.id, status: 3 });
    await seedDelivery(api, { subscription });
    expect(await list("event_id=order_4711")).toEqual([second.id, first.id]);
    expect(await list(`event_id=${publicId("evt", event?.id)}&status=failed`)).toEqual([second.id]);
    expect(await list(`event_id=order_4711&subscription_id=${await createSubscription(api)}`)).toEqual([]);
    expect(await list("event_id=order_4711", api.stranger.key)).toEqual([]);
    expect(await list("event_id=nothing")).toEqual([]);
  });

  test("by why they exist, and by the replay job that made them", async () => {
    const own = await createSubscription(api);
    const event = await seedDelivery(api, { subscription: own, status: 3 });
    const replay = await seedDelivery(api, { subscription: own, status: 2 });
    const ping = await seedDelivery(api, { subscription: own, status: 2 });
    const jobId = newId(Date.now());
    await api.sql`
      update deliveries set trigger = 1, replay_of = ${event.rowId}, replay_job_id = ${jobId} where id = ${replay.rowId}`;
    await api.sql`update deliveries set trigger = 2 where id = ${ping.rowId}`;
    const of = `subscription_id=${own}`;
    expect(await list(`${of}&trigger=event`)).toEqual([event.id]);
    expect(await list(`${of}&trigger=replay`)).toEqual([replay.id]);
    expect(await list(`${of}&trigger=test`)).toEqual([ping.id]);
    expect(await list(`replay_id=${publicId("rpl", jobId)}`)).toEqual([replay.id]);
    expect(await list(`replay_id=${publicId("rpl", jobId)}`, api.stranger.key)).toEqual([]);
    expect((await api.send("GET", `/v1/deliveries/${replay.id}`)).body).toMatchObject({
      trigger: "replay",
      replay_of: event.id,
      replay_id: publicId("rpl", jobId),
    });
  });

  test("by how the last attempt ended when nothing was answered", async () => {
    const own = await createSubscription(api);
    const slow = await seedDelivery(api, { subscription: own, tries: [500, null] });
    const broken = await seedDelivery(api, { subscription: own, tries: [null] });
    await endAttempt(slow, 2, "timeout");
    await endAttempt(broken, 1, "network_reset");
    const of = `subscription_id=${own}`;
    expect(await list(`${of}&response_class=timeout`)).toEqual([slow.id]);
    expect(await list(`${of}&response_class=network`)).toEqual([broken.id]);
    expect(await list(`${of}&response_class=5xx`)).toEqual([slow.id]);
  });

  test("a bounded number of rows at a time: behind a filter that hardly any passes, a page says where to go on", async () => {
    const own = await createSubscription(api);
    const needle = await seedDelivery(api, { subscription: own, status: 3 });
    await api.sql`
      insert into deliveries (id, organization_id, event_id, destination_id, status)
      select uuidv7(), organization_id, event_id, destination_id, 2 from deliveries, generate_series(1, ${lookedAtMax})
      where id = ${needle.rowId}`;
    const path = `/v1/deliveries?status=failed&subscription_id=${own}`;
    const first = await api.send("GET", path);
    expect(first.body).toMatchObject({ data: [], prev_cursor: null, next_cursor: expect.any(String) });
    const second = await api.send("GET", `${path}&cursor=${first.body.next_cursor}`);
    expect(idsOf(second.body)).toEqual([needle.id]);
    expect(second.body.next_cursor).toBeNull();
    const whole = await api.send("GET", "/v1/deliveries?status=held");
    expect(whole.body).toMatchObject({ data: [], next_cursor: expect.any(String) });
  });
});

describe("what an endpoint answered", () => {
  test("is shown with the scope for payloads only, audited, in a delivery and its attempts", async () => {
    const { id } = await seedDelivery(api, { subscription, status: 3, tries: [500], responseBody: "CANARY" });
    const { key } = await api.tenant.createKey({ scopes: ["deliveries:read"] });
    const reads = () =>
      api.sql`select 1 from audit_log where target = ${id} and action = 'delivery.response_read'`;
    for (const path of [`/v1/deliveries/${id}`, `/v1/deliveries/${id}/attempts`]) {
      const hidden = await api.send("GET", path, { key });
      expect([hidden.status, hidden.text.includes("CANARY")]).toEqual([200, false]);
    }
    expect(await reads()).toHaveLength(0);
    expect((await api.send("GET", `/v1/deliveries/${id}`)).body.response_body).toBe("CANARY");
    expect(await reads()).toHaveLength(1);
    const attempts = await api.send("GET", `/v1/deliveries/${id}/attempts`);
    expect(attempts.body.data).toMatchObject([{ response_body: "CANARY", error_class: "answered" }]);
    expect(await reads()).toHaveLength(2);
  });
});

test("a type that Postgres could not take as text is refused: 422", async () => {
  expect((await api.send("GET", "/v1/deliveries?type=%00")).status).toBe(422);
});

test("a subscription's id that is another tenant's lists nothing", async () => {
  const foreign = await createSubscription(api, {}, api.stranger.key);
  await seedDelivery(api, { tenant: api.stranger, subscription: foreign });
  expect(parsePublicId("sub", foreign)).not.toBeNull();
  expect(await list(`subscription_id=${foreign}`)).toEqual([]);
});
