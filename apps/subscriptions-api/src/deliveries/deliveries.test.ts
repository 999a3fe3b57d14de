import { parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, type SeededDelivery, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
let subscription: string;
let seeded: Record<string, SeededDelivery>;

beforeAll(async () => {
  api = await startTestApi();
  subscription = await createSubscription(api);
  const other = await createSubscription(api);
  seeded = {
    pending: await seedDelivery(api, { subscription }),
    retrying: await seedDelivery(api, { subscription, tries: [503, null], type: "order.shipped" }),
    held: await seedDelivery(api, { subscription, status: 1 }),
    delivered: await seedDelivery(api, {
      subscription,
      status: 2,
      tries: [500, 204],
      responseBody: "thanks",
    }),
    failed: await seedDelivery(api, { subscription: other, status: 3, tries: [404] }),
    cancelled: await seedDelivery(api, { subscription: other, status: 4 }),
  };
});

afterAll(() => api.stop());

async function list(query: string): Promise<string[]> {
  const { body } = await api.send("GET", `/v1/deliveries?${query}`);
  return (body.data as { id: string }[]).map((item) => nameOf(item.id));
}

const nameOf = (id: string): string =>
  Object.entries(seeded).find(([, delivery]) => delivery.id === id)?.[0] ?? id;

describe("listing deliveries", () => {
  test.each([
    ["", ["cancelled", "failed", "delivered", "held", "retrying", "pending"]],
    ["status=pending", ["pending"]],
    ["status=retrying", ["retrying"]],
    ["status=held", ["held"]],
    ["status=delivered", ["delivered"]],
    ["status=failed", ["failed"]],
    ["status=cancelled", ["cancelled"]],
    ["type=order.shipped", ["retrying"]],
    ["response_class=5xx", ["retrying"]],
    ["response_class=2xx", ["delivered"]],
    ["response_class=4xx", ["failed"]],
    ["response_class=none", ["cancelled", "held", "pending"]],
    ["since=2099-01-01T00:00:00Z", []],
    ["until=2099-01-01T00:00:00Z&status=held", ["held"]],
  ])("with %s gives what matches, newest first", async (query, names) => {
    expect(await list(query)).toEqual(names);
  });

  test("of one subscription gives only its own", async () => {
    expect(await list(`subscription_id=${subscription}`)).toEqual([
      "delivered",
      "held",
      "retrying",
      "pending",
    ]);
    expect(await list(`subscription_id=${subscription}&response_class=5xx`)).toEqual(["retrying"]);
    expect(await list("subscription_id=sub_nonsense")).toEqual([]);
  });

  test.each(["", "subscription_id"])("pages both ways (%s)", async (filter) => {
    const narrowed = filter === "" ? "limit=1" : `limit=1&subscription_id=${subscription}`;
    const seen: unknown[] = [];
    let cursor: unknown = null;
    let previous: unknown = null;
    do {
      const { body } = await api.send(
        "GET",
        `/v1/deliveries?${narrowed}${cursor === null ? "" : `&cursor=${cursor}`}`,
      );
      seen.push(...(body.data as { id: string }[]).map((item) => nameOf(item.id)));
      previous = body.prev_cursor;
      cursor = body.next_cursor;
    } while (cursor !== null);
    const all = await list(filter === "" ? "" : `subscription_id=${subscription}`);
    expect(seen).toEqual(all);
    const back = await api.send("GET", `/v1/deliveries?${narrowed}&cursor=${previous}`);
    expect((back.body.data as { id: string }[]).map((item) => nameOf(item.id))).toEqual([all.at(-2)]);
  });

  test.each(["status=done", "response_class=6xx"])("refuses %s: 422", async (query) => {
    expect((await api.send("GET", `/v1/deliveries?${query}`)).status).toBe(422);
  });
});

describe("reading a delivery", () => {
  const read = async (name: string) => (await api.send("GET", `/v1/deliveries/${seeded[name]?.id}`)).body;

  test("shows seed 2's fields for a delivered one", async () => {
    expect(await read("delivered")).toMatchObject({
      subscription_id: subscription,
      event_type: "order.paid",
      status: "delivered",
      response_code: 204,
      response_body: "thanks",
      attempts: 2,
      next_retry_at: null,
      delivered_at: expect.stringMatching(/Z$/),
    });
  });

  test("shows the next retry, and the last answer there was, for a retrying one", async () => {
    expect(await read("retrying")).toMatchObject({
      status: "retrying",
      attempts: 2,
      response_code: 503,
      next_retry_at: expect.stringMatching(/Z$/),
      delivered_at: null,
    });
  });

  test("shows no answer for one that was never tried", async () => {
    expect(await read("pending")).toMatchObject({
      status: "pending",
      attempts: 0,
      response_code: null,
      response_body: null,
    });
  });

  test("shows the payload only with the scope for it, audited", async () => {
    const data = { order_id: "o", customer_id: "c" };
    const published = await api.send("POST", "/v1/events", { body: { type: "order.paid", data } });
    const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
    const { id } = await seedDelivery(api, { subscription, eventId });
    const { key } = await api.tenant.createKey({ scopes: ["deliveries:read"] });
    expect((await api.send("GET", `/v1/deliveries/${id}`, { key })).body).not.toHaveProperty("payload");
    expect(await api.sql`select 1 from audit_log where target = ${id}`).toHaveLength(0);
    expect((await api.send("GET", `/v1/deliveries/${id}`)).body.payload).toEqual(data);
    const [row] = await api.sql`select action from audit_log where target = ${id}`;
    expect(row).toEqual({ action: "delivery.payload_read" });
  });

  test("shows with the payload the very bytes that are sent", async () => {
    const text =
      '{"type":"order.paid","data":{ "order_id":"o", "customer_id":"c", "amount":9007199254740993 }}';
    const published = await api.send("POST", "/v1/events", { body: text });
    const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
    const { id } = await seedDelivery(api, { subscription, eventId });
    const { request_body } = (await api.send("GET", `/v1/deliveries/${id}`)).body;
    expect(request_body).toMatch(
      /^\{"id":"evt_\w+","type":"order.paid","created_at":"[^"]+","data":\{ "order_id":"o", "customer_id":"c", "amount":9007199254740993 \},"metadata":/,
    );
  });
});

describe("listing attempts", () => {
  test("shows everything that was recorded, newest first, in pages", async () => {
    const path = `/v1/deliveries/${seeded.delivered?.id}/attempts`;
    const first = await api.send("GET", `${path}?limit=1`);
    expect(first.body.data).toMatchObject([
      {
        n: 2,
        outcome: "answered",
        response_code: 204,
        duration_ms: 12,
        error: null,
        request_headers: { "webhook-id": "evt_1" },
        response_headers: { server: "x" },
        response_body: "thanks",
        next_step: "retry",
        reason: "will be tried again",
      },
    ]);
    const second = await api.send("GET", `${path}?limit=1&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ n: 1, response_code: 500 }], next_cursor: null });
    const elsewhere = `/v1/deliveries/${seeded.retrying?.id}/attempts?limit=1&cursor=${first.body.next_cursor}`;
    expect((await api.send("GET", elsewhere)).status).toBe(400);
  });

  test("a delivery that does not exist is 404", async () => {
    const id = publicId("dlv", "01890000-0000-7000-8000-000000000000");
    expect((await api.send("GET", `/v1/deliveries/${id}/attempts`)).status).toBe(404);
  });
});

test("a key of an account sees deliveries of that account's subscriptions only", async () => {
  const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
  const own = await createSubscription(api, {}, key);
  const delivery = await seedDelivery(api, { subscription: own });
  const { body } = await api.send("GET", "/v1/deliveries", { key });
  expect((body.data as { id: string }[]).map((item) => item.id)).toEqual([delivery.id]);
  expect((await api.send("GET", `/v1/deliveries/${seeded.pending?.id}`, { key })).status).toBe(404);
});
