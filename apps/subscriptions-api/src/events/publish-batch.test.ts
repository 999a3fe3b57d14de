import { eventBytesMax } from "@carewire/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const order = { type: "order.paid", data: { order_id: "o_1", customer_id: "c_1" } };

const publish = (events: unknown, headers: Record<string, string> = {}) =>
  api.send("POST", "/v1/events/batch", { body: { events }, headers });

describe("a batch", () => {
  test("answers for each event in order, whatever became of the others", async () => {
    await api.send("POST", "/v1/events", { body: { ...order, id: "b-known" } });
    const answer = await publish([
      { ...order, id: "b-1" },
      { ...order, colour: "red" },
      { ...order, id: "b-known" },
      { type: "order.paid", data: {} },
      { ...order, id: "b-known", subject: "other" },
      7,
      { ...order, id: "b-2" },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.data).toMatchObject([
      { id: "b-1" },
      { error: { code: "unknown_field", errors: [{ path: "colour" }] } },
      { id: "b-known", duplicate: true },
      {
        error: {
          code: "validation_failed",
          errors: [{ path: "data.order_id" }, { path: "data.customer_id" }],
        },
      },
      { error: { code: "idempotency_conflict" } },
      { error: { code: "validation_failed" } },
      { id: "b-2" },
    ]);
  });

  test("is stored in one transaction", async () => {
    await publish([1, 2, 3].map((n) => ({ ...order, id: `tx-${n}` })));
    const rows = await api.sql`select distinct xmin from events where external_id like 'tx-%'`;
    expect(rows).toHaveLength(1);
  });

  test("keeps each event's data byte for byte", async () => {
    const data = '{"order_id":"o", "customer_id":"c","n":9007199254740993}';
    await api.send("POST", "/v1/events/batch", {
      body: `{"events":[{"type":"order.paid","data":{"order_id":"x","customer_id":"y"}}, {"data":${data},"id":"exact","type":"order.paid"}]}`,
    });
    const read = await api.send("GET", "/v1/events/exact");
    expect(read.text).toContain('"n":9007199254740993');
    expect(read.body.payload_bytes).toBe(data.length);
  });

  test("sent again under one Idempotency-Key is all duplicates", async () => {
    const headers = { "idempotency-key": "batch-1" };
    const first = await publish([order, order], headers);
    const second = await publish([order, order], headers);
    const [a, b] = first.body.data as { id: string }[];
    expect(a?.id).not.toBe(b?.id);
    expect(second.body.data).toMatchObject([
      { id: a?.id, duplicate: true },
      { id: b?.id, duplicate: true },
    ]);
  });

  test("takes 500 events and refuses 501", async () => {
    const fits = await publish(Array(500).fill(order));
    expect(fits.body.data).toHaveLength(500);
    expect((await publish(Array(501).fill(order))).status).toBe(422);
    expect((await publish([])).status).toBe(422);
  });

  test("refuses one event that is larger than an event may be, and takes the rest", async () => {
    const large = { ...order, data: { ...order.data, note: "x".repeat(eventBytesMax) } };
    const answer = await publish([large, order]);
    expect(answer.body.data).toMatchObject([
      { error: { code: "payload_too_large" } },
      { type: "order.paid" },
    ]);
  });
});
