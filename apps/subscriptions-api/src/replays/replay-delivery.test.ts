import { parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf } from "../testing/subscription-rows.ts";

let api: TestApi;
let subscription: string;
let eventId: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

beforeEach(async () => {
  subscription = await createSubscription(api);
  const body = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };
  const published = await api.send("POST", "/v1/events", { body });
  eventId = parsePublicId("evt", String(published.body.id)) ?? "";
});

const replay = (id: string, headers = {}) => api.send("POST", `/v1/deliveries/${id}/replay`, { headers });

const rowOf = async (id: unknown) => {
  const [row] = await api.sql`
    select d.event_id, d.destination_id, d.status, d.attempts, d.trigger, d.replay_of, q.lane, q.attempts "tries"
    from deliveries d left join delivery_queue q on q.id = d.id where d.id = ${parsePublicId("dlv", String(id))}`;
  return row;
};

describe("replaying one delivery", () => {
  test.each([
    ["delivered", 2],
    ["failed", 3],
    ["cancelled", 4],
  ])("that was %s queues a new one of the same event, with attempts of its own", async (_name, status) => {
    const seeded = await seedDelivery(api, { subscription, eventId, status, tries: [500, 500] });
    const answer = await replay(seeded.id);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      replay_of: seeded.id,
      subscription_id: subscription,
      event_id: publicId("evt", eventId),
      event_type: "order.paid",
      status: "pending",
      attempts: 0,
      trigger: "replay",
      replay_id: null,
    });
    expect(answer.body.id).not.toBe(seeded.id);
    expect(await rowOf(answer.body.id)).toEqual({
      event_id: eventId,
      destination_id: parsePublicId("sub", subscription),
      status: 0,
      attempts: 0,
      trigger: 1,
      replay_of: seeded.rowId,
      lane: 1,
      tries: 0,
    });
    expect(await rowOf(seeded.id)).toMatchObject({ status, attempts: 2, lane: null });
    expect(await auditOf(api, seeded.id)).toEqual([
      { action: "delivery.replayed", detail: { delivery: answer.body.id, held: false } },
    ]);
  });

  test("to a paused subscription is held and visible, and sent once it is resumed", async () => {
    const seeded = await seedDelivery(api, { subscription, eventId, status: 3 });
    await api.send("POST", `/v1/subscriptions/${subscription}/pause`);
    const { status, body } = await replay(seeded.id);
    expect([status, body.status]).toEqual([202, "held"]);
    expect(await rowOf(body.id)).toMatchObject({ status: 1, lane: null });
    const list = await api.send("GET", `/v1/deliveries?status=held&subscription_id=${subscription}`);
    expect(list.body.data).toMatchObject([{ id: body.id, replay_of: seeded.id }]);
    await api.send("POST", `/v1/subscriptions/${subscription}/resume`);
    expect(await rowOf(body.id)).toMatchObject({ status: 0, lane: 1 });
  });

  test("to a stream that nobody reads is held and visible", async () => {
    const stream = await createSubscription(api, { transport: "stream", url: undefined });
    const seeded = await seedDelivery(api, { subscription: stream, eventId, status: 3 });
    const { status, body } = await replay(seeded.id);
    expect([status, body.status]).toEqual([202, "held"]);
    expect(await rowOf(body.id)).toMatchObject({ status: 1, lane: null });
  });

  test.each([
    ["is still on its way", { status: 0 }, "on its way"],
    ["is being retried", { status: 0, tries: [500] }, "on its way"],
    ["is held", { status: 1 }, "resume"],
  ])("that %s is 409 and says what to do", async (_name, seed, hint) => {
    const { id, rowId } = await seedDelivery(api, { subscription, eventId, ...seed });
    const { status, body } = await replay(id);
    expect([status, body.code]).toEqual([409, "conflict"]);
    expect(body.detail).toContain(hint);
    expect(await api.sql`select 1 from deliveries where replay_of = ${rowId}`).toEqual([]);
    expect(await auditOf(api, id)).toEqual([]);
  });

  test.each([
    ["a ping", (id: string) => api.sql`update deliveries set trigger = 2 where id = ${id}`, "ping"],
    [
      "one whose payload was erased",
      () => api.sql`update event_payloads set body = null where id = ${eventId}`,
      "payload",
    ],
    ["one whose payload is gone", () => api.sql`delete from event_payloads where id = ${eventId}`, "payload"],
    [
      "one of a deleted subscription",
      () => api.send("DELETE", `/v1/subscriptions/${subscription}`),
      "deleted",
    ],
  ])("refuses %s: 409", async (_name, change, hint) => {
    const { id, rowId } = await seedDelivery(api, { subscription, eventId, status: 3 });
    await change(rowId);
    const { status, body } = await replay(id);
    expect(status).toBe(409);
    expect(body.detail).toContain(hint);
  });

  test("with an Idempotency-Key makes one delivery however often it is asked for, even at once", async () => {
    const { id, rowId } = await seedDelivery(api, { subscription, eventId, status: 3 });
    const headers = { "idempotency-key": `replay-${id}` };
    const answers = await Promise.all([1, 2, 3, 4].map(() => replay(id, headers)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await api.sql`select 1 from deliveries where replay_of = ${rowId}`).toHaveLength(1);
    expect(await auditOf(api, id)).toHaveLength(1);
    const other = await seedDelivery(api, { subscription, eventId, status: 3 });
    expect((await replay(other.id, headers)).body).toMatchObject({
      status: 409,
      code: "idempotency_conflict",
    });
  });

  test("without a key makes one each time", async () => {
    const { id, rowId } = await seedDelivery(api, { subscription, eventId, status: 2 });
    await Promise.all([replay(id), replay(id)]);
    expect(await api.sql`select 1 from deliveries where replay_of = ${rowId}`).toHaveLength(2);
  });

  test("refuses a field it does not know: 422", async () => {
    const { id } = await seedDelivery(api, { subscription, eventId, status: 2 });
    const answer = await api.send("POST", `/v1/deliveries/${id}/replay`, { body: { lane: 0 } });
    expect(answer.body).toMatchObject({ status: 422, code: "unknown_field" });
  });
});
