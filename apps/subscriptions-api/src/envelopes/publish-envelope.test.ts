import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const envelope = {
  topic: "cari.auth.user_created",
  source_service: "auth",
  timestamp: "2026-11-20T12:00:00Z",
  payload: { user_id: "u_1", role: "DOCTOR" },
};

const publish = (body: unknown, key = api.tenant.key) => api.send("POST", "/v1/envelopes", { body, key });

describe("publishing an envelope", () => {
  test("under an id that came for an account is a conflict without it", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const body = { ...envelope, id: randomUUID() };
    expect((await publish(body, key)).status).toBe(202);
    expect((await publish(body, key)).status).toBe(202);
    expect((await publish(body)).body).toMatchObject({ status: 409, code: "idempotency_conflict" });
  });

  test("answers 202 with a plain UUID", async () => {
    const answer = await publish(envelope);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const read = await api.send("GET", `/v1/events/${answer.body.id}`);
    expect(read.body).toMatchObject({ id: answer.body.id, type: envelope.topic, payload: envelope.payload });
  });

  test("keeps the id it is given; the same again gives the same answer and one event", async () => {
    const id = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => publish({ ...envelope, id })));
    expect(answers.map((answer) => [answer.status, answer.body])).toEqual(Array(3).fill([202, { id }]));
    const rows = await api.sql`select occurred_at from events where external_id = ${id}`;
    expect(rows).toEqual([{ occurred_at: new Date(envelope.timestamp) }]);
  });

  test("the same id with another payload is a conflict", async () => {
    const id = randomUUID();
    await publish({ ...envelope, id });
    expect((await publish({ ...envelope, id, payload: {} })).status).toBe(409);
  });

  test.each([[null], ["text"], [[1]], [{}]])(
    "takes the payload %j: its form is the consumer's business",
    async (payload) => {
      expect((await publish({ ...envelope, payload })).status).toBe(202);
    },
  );

  test.each([
    ["a missing payload", { ...envelope, payload: undefined }, "payload"],
    ["a topic that is none", { ...envelope, topic: "order.paid" }, "topic"],
    ["an id that is no UUID", { ...envelope, id: "evt_1" }, "id"],
    ["a missing source", { ...envelope, source_service: undefined }, "source_service"],
  ])("%s: 422 with its path", async (_what, body, path) => {
    const answer = await publish(body);
    expect(answer.body).toMatchObject({ status: 422, errors: [{ path }] });
  });

  test("is not known to callers without the internal scope", async () => {
    const { body } = await publish(envelope);
    const { key } = await api.tenant.createKey({ scopes: ["events:read", "payloads:read"] });
    expect((await api.send("GET", `/v1/events/${body.id}`, { key })).status).toBe(404);
    const list = await api.send("GET", "/v1/events", { key });
    expect(list.body.data).toEqual([]);
  });
});
