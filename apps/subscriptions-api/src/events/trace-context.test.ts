import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const order = (id: string) => ({ id, type: "order.paid", data: { order_id: "o_1", customer_id: "c_1" } });
const envelopeId = "550e8400-e29b-41d4-a716-446655440000";
const envelope = { id: envelopeId, topic: "cari.auth.user_created", source_service: "auth", payload: {} };
const address = { country: "US", region: "TX", city: "Austin", postal_code: "73301", line1: "1 Main St" };

const externalId = (value: string) => ({ column: "external_id", value }) as const;

/** What is kept beside the event, and beside its payload, from where deliveries take it. */
const keptWith = ({ column, value }: { column: "external_id" | "subject"; value: string }) =>
  api.sql`select e.traceparent event, p.traceparent payload from events e join event_payloads p on p.id = e.id
    where e.${api.sql(column)} = ${value}`;

test.each([
  ["a single event", "POST", "/v1/events", order("traced"), externalId("traced")],
  ["a batch", "POST", "/v1/events/batch", { events: [order("in-batch")] }, externalId("in-batch")],
  ["an envelope", "POST", "/v1/envelopes", envelope, externalId(envelopeId)],
  [
    "a customer",
    "PUT",
    "/v1/customers/cus_traced",
    { addresses: [address] },
    { column: "subject", value: "cus_traced" },
  ],
] as const)(
  "the trace context of a request is kept with %s",
  async (_what, method, path, body, condition) => {
    const answer = await api.send(method, path, { body, headers: { traceparent } });
    expect(answer.status).toBeLessThan(300);
    const kept = await keptWith(condition);
    expect(kept.length).toBeGreaterThan(0);
    for (const row of kept) expect(row).toEqual({ event: traceparent, payload: traceparent });
  },
);

test("a broken trace context refuses nothing and is not kept", async () => {
  const headers = { traceparent: "00-nonsense" };
  expect((await api.send("POST", "/v1/events", { body: order("broken"), headers })).status).toBe(202);
  expect(await keptWith(externalId("broken"))).toEqual([{ event: null, payload: null }]);
});

test("the same event under another trace is a duplicate, not a conflict", async () => {
  await api.send("POST", "/v1/events", { body: order("again") });
  const again = await api.send("POST", "/v1/events", { body: order("again"), headers: { traceparent } });
  expect(again.body).toMatchObject({ id: "again", duplicate: true });
});
