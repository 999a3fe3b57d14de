import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";
import { auditOf, patternsOf, subscriptionRowId } from "../../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const path = "/notification/v1/connect/webhook/subscriptions";
const register = (body: unknown, key = api.tenant.key) => api.send("POST", path, { key, body });
const change = (id: string, body: object, key = api.tenant.key) =>
  api.send("PATCH", `${path}/${id}`, { key, body });
const remove = (id: string, key = api.tenant.key) => api.send("DELETE", `${path}/${id}`, { key });

let endpoints = 0;
const newEndpoint = () => `https://clinic.example.com/hooks/${++endpoints}`;

async function registered(body: object = {}, key = api.tenant.key): Promise<string> {
  const answer = await register({ endpoint: newEndpoint(), ...body }, key);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.id);
}

async function listed(id: string, key = api.tenant.key) {
  const { body } = await api.send("GET", path, { key });
  return (body.data as Record<string, unknown>[]).find((webhook) => webhook.id === id);
}

const error = (code: string) => ({ error: { message: expect.any(String), code } });

describe("registering a webhook", () => {
  test("answers as Eka does, and makes a thin subscription signed in Eka's way", async () => {
    const endpoint = newEndpoint();
    const answer = await register({
      endpoint,
      event_names: ["appointment.created", "prescription.created"],
      signing_key: "a key of my own",
      protocol: "https",
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: expect.stringMatching(/^sub_/), status: "success" });
    const id = String(answer.body.id);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
      url: endpoint,
      events: ["appointment.created", "prescription.created"],
      payload_format: "thin",
      signature_scheme: "eka",
      success_codes: "2xx",
      retry_policy: "exponential",
    });
    expect((await api.send("GET", `/v1/subscriptions/${id}/secret`)).body).toEqual({
      secret: "a key of my own",
    });
  });

  test("without a key makes it unsigned, as seed 5 says", async () => {
    const id = await registered();
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
      payload_format: "thin",
      signature_scheme: "none",
    });
  });

  test.each([
    ["no names at all: every event", {}, ["*"]],
    ["event_names", { event_names: ["appointment.created"] }, ["appointment.created"]],
    ["scopes, as the field was called before", { scopes: ["prescription.*"] }, ["prescription.*"]],
  ])("takes %s", async (_what, names, patterns) => {
    const id = await registered(names);
    expect((await patternsOf(api, id)).map(({ pattern }) => pattern)).toEqual(patterns);
  });

  test("of an endpoint that is there already is refused in Eka's own words", async () => {
    const endpoint = newEndpoint();
    await registered({ endpoint });
    const again = await register({ endpoint: endpoint.replace("clinic", "CLINIC") });
    expect([again.status, again.body]).toEqual([
      400,
      { error: { message: "requested endpoint is already registered", code: "INVALID_REQUEST" } },
    ]);
    await registered({ endpoint }, api.stranger.key);
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    await registered({ endpoint }, key);
  });

  test("of one endpoint by many at once succeeds once", async () => {
    const endpoint = newEndpoint();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ endpoint })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(400)]);
  });

  test.each([
    ["no endpoint", { event_names: ["a.b"] }, "endpoint"],
    ["a private endpoint", { endpoint: "https://127.0.0.1/" }, "endpoint"],
    ["an endpoint without TLS", { endpoint: "http://clinic.example.com/" }, "endpoint"],
    ["a queue", { endpoint: "https://a.example.com/", protocol: "arn:aws:lambda:x" }, "protocol"],
    ["a name that is none", { endpoint: "https://a.example.com/", event_names: ["ALL"] }, "event_names"],
    ["an internal name", { endpoint: "https://a.example.com/", event_names: ["cari.auth.x"] }, "event_names"],
    [
      "two names for the events",
      { endpoint: "https://a.example.com/", event_names: ["a.b"], scope: ["a.b"] },
      "event_names",
    ],
    ["an empty key", { endpoint: "https://a.example.com/", signing_key: "" }, "signing_key"],
    ["a field Eka does not have", { endpoint: "https://a.example.com/", headers: {} }, "headers"],
  ])("refuses %s: 400 INVALID_REQUEST, naming the field", async (_what, body, field) => {
    const answer = await register(body);
    expect([answer.status, answer.body]).toEqual([400, error("INVALID_REQUEST")]);
    expect((answer.body.error as { message: string }).message).toContain(field);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  });
});

describe("listing", () => {
  test("shows what Eka shows", async () => {
    const endpoint = newEndpoint();
    const id = await registered({ endpoint, event_names: ["appointment.created"], signing_key: "k-1" });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await listed(id)).toEqual({
      id,
      event_names: ["appointment.created"],
      endpoint,
      signing_key: "k-1",
      client_id: id,
      protocol: "https",
      created_at: time,
      updated_at: time,
      created_by: expect.stringMatching(/^key_/),
      updated_by: null,
    });
    expect((await api.send("GET", path)).body.msg).toBe("success");
  });

  test("shows keys only to those who may read secrets, and says so on the audit trail", async () => {
    const id = await registered({ signing_key: "k-secret" });
    const { key } = await api.tenant.createKey({ scopes: ["subscriptions:read"] });
    const count = async () =>
      (await api.sql`select detail from audit_log where action = 'subscription.secrets_listed'`).length;
    const before = await count();
    const { text } = await api.send("GET", path, { key });
    expect(text).not.toContain("k-secret");
    expect(await count()).toBe(before);
    expect(await listed(id)).toMatchObject({ signing_key: "k-secret" });
    const [row] = await api.sql<{ detail: { subscriptions: string[] } }[]>`
      select detail from audit_log where action = 'subscription.secrets_listed' order by seq desc limit 1`;
    expect(row?.detail.subscriptions).toContain(id);
  });

  test("shows what was registered here, and nothing else", async () => {
    const body = { name: "x", url: "https://hooks.example.com/in" };
    const { body: own } = await api.send("POST", "/v1/subscriptions", { body });
    expect(await listed(String(own.id))).toBeUndefined();
    expect((await change(String(own.id), { scope: ["a.b"] })).status).toBe(404);
    expect((await remove(String(own.id))).status).toBe(404);
  });
});

describe("changing", () => {
  test("the events, under either name", async () => {
    const id = await registered();
    const answer = await change(id, { scope: ["appointment.updated"] });
    expect([answer.status, answer.body]).toEqual([
      200,
      { status: "webhook updated successfully", msg: "success" },
    ]);
    expect((await patternsOf(api, id)).map(({ pattern }) => pattern)).toEqual(["appointment.updated"]);
    await change(id, { event_names: ["prescription.created"] });
    expect((await listed(id))?.event_names).toEqual(["prescription.created"]);
  });

  test("the key replaces it at once: Eka's receivers know one signature", async () => {
    const id = await registered({ signing_key: "old" });
    expect((await change(id, { signing_key: "new" })).status).toBe(200);
    expect((await listed(id))?.signing_key).toBe("new");
    const inForce = await api.sql`
      select 1 from subscription_secrets where subscription_id = ${subscriptionRowId(id)}
        and (expires_at is null or expires_at > now())`;
    expect(inForce).toHaveLength(1);
    expect((await auditOf(api, id)).map(({ action }) => action)).toContain("subscription.secret_rotated");
  });

  test("the same update twice is answered the same way twice", async () => {
    const id = await registered({ signing_key: "first key" });
    const update = { signing_key: "second key", event_names: ["order.paid"] };
    for (const _time of [1, 2]) expect((await change(id, update)).status).toBe(200);
    expect(await listed(id)).toMatchObject({ signing_key: "second key", event_names: ["order.paid"] });
  });

  test("nothing of an update whose key is refused", async () => {
    const id = await registered({ signing_key: "older key", event_names: ["order.paid"] });
    // Signs along for a day, which Eka's interface knows nothing of.
    await api.send("POST", `/v1/subscriptions/${id}/rotate-secret`, { body: { secret: "newer key" } });
    const answer = await change(id, { signing_key: "older key", event_names: ["order.shipped"] });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(error("INVALID_REQUEST"));
    expect(await listed(id)).toMatchObject({ signing_key: "newer key", event_names: ["order.paid"] });
  });

  test("from unsigned to signed by giving a key, with the events in one go", async () => {
    const id = await registered();
    expect((await change(id, { signing_key: "first", event_names: ["appointment.*"] })).status).toBe(200);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
      signature_scheme: "eka",
      events: ["appointment.*"],
    });
    expect((await listed(id))?.signing_key).toBe("first");
    // In this order nothing is ever signed with a key that the receiver does not know.
    const actions = (await auditOf(api, id)).map(({ action }) => action);
    expect(actions.slice(-2)).toEqual(["subscription.secret_rotated", "subscription.updated"]);
  });

  test.each([
    ["the endpoint", { endpoint: "https://other.example.com/" }],
    ["the protocol", { protocol: "http" }],
    ["nothing", {}],
    ["the key to none", { signing_key: null }],
  ])("%s is refused, and changes nothing", async (_what, body) => {
    const id = await registered({ signing_key: "kept" });
    const before = await listed(id);
    const answer = await change(id, body);
    expect([answer.status, answer.body]).toEqual([400, error("INVALID_REQUEST")]);
    expect(await listed(id)).toEqual(before);
  });
});

test("deleting answers as Eka does, and the second time there is nothing", async () => {
  const id = await registered();
  const answer = await remove(id);
  expect([answer.status, answer.body]).toEqual([
    200,
    { status: "webhook deleted successfully", msg: "success" },
  ]);
  expect([(await remove(id)).status, (await remove(id)).body]).toEqual([404, error("NOT_FOUND")]);
  expect(await listed(id)).toBeUndefined();
});
