import { eventually } from "@carewire/testkit";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";

let world: World;
let api: ApiClient;

beforeAll(async () => {
  world = await createWorld();
  const [apiApp] = await Promise.all([world.start("subscriptions-api"), world.start("dispatcher")]);
  api = createApiClient({ url: apiApp.url, key: world.tenant.key });
});

afterAll(() => world?.close());

interface Created {
  id: string;
  secret: string;
}
interface ProbeResult {
  delivery_id: string;
  delivered: boolean;
  attempt: {
    outcome: string;
    response_code: number | null;
    response_body: string | null;
    response_headers: Record<string, string> | null;
    request_headers: Record<string, string>;
    duration_ms: number;
    reason: string;
  };
}

let endpoints = 0;
async function subscribe(body: object = {}): Promise<Created & { path: string }> {
  const path = `/endpoint-${++endpoints}`;
  const url = `${world.receiver.url}${path}`;
  const created = await api.post<Created>("/v1/subscriptions", {
    name: path,
    url,
    events: "order.*",
    ...body,
  });
  return { ...created, path };
}

const ping = (id: string) => api.post<ProbeResult>(`/v1/subscriptions/${id}/ping`, {});
const received = (path: string) => world.receiver.requests().filter((request) => request.path === path);
const publishOrder = (id: string) =>
  api.post("/v1/events", { type: "order.paid", id, data: { order_id: id, customer_id: "c" } });

/** Waits until nothing is to be routed or sent any more. */
const untilQuiet = () =>
  eventually(
    async () => {
      const waiting = await world.sql`
        select event_id from route_queue union all select event_id from filter_queue
        union all select event_id from delivery_queue`;
      return waiting.length === 0;
    },
    { description: "everything to be routed and sent" },
  );

describe("a ping", () => {
  test("is a real request, signed like any other, and what the endpoint said is the answer", async () => {
    const { id, secret, path } = await subscribe();
    world.receiver.answer({ status: 202, headers: { "x-from": "endpoint" }, body: "thank you" });
    const result = await ping(id);
    world.receiver.answer({});
    expect(result).toMatchObject({
      delivery_id: expect.stringMatching(/^dlv_/),
      delivered: true,
      attempt: { response_code: 202, response_body: "thank you", response_headers: { "x-from": "endpoint" } },
    });
    const [request, ...others] = received(path);
    expect(others).toEqual([]);
    const headers = request?.headers as Record<string, string>;
    const message = new StandardWebhook(secret).verify(String(request?.body), headers);
    expect(message).toMatchObject({ type: "webhook.ping", data: { subscription_id: id } });
    expect(result.attempt.request_headers["webhook-id"]).toBe(headers["webhook-id"]);
  });

  test("reaches a paused endpoint, once even when it fails, and counts nothing against it", async () => {
    const { id, path } = await subscribe({ active: false });
    world.receiver.answer({ status: 500, body: "broken" });
    expect(await ping(id)).toMatchObject({
      delivered: false,
      attempt: { response_code: 500, response_body: "broken" },
    });
    world.receiver.answer({});
    await untilQuiet();
    expect(received(path)).toHaveLength(1);
    expect(await api.get(`/v1/subscriptions/${id}`)).toMatchObject({ active: false, disabled_reason: null });
  });

  test("to an endpoint that asks to be left alone does not disable it", async () => {
    const { id } = await subscribe();
    world.receiver.answer({ status: 410 });
    expect(await ping(id)).toMatchObject({ delivered: false, attempt: { response_code: 410 } });
    world.receiver.answer({});
    expect(await api.get(`/v1/subscriptions/${id}`)).toMatchObject({ active: true });
  });

  test("to an endpoint that never answers says so when the attempt is over", async () => {
    const { id } = await subscribe();
    world.receiver.answer({ hang: true });
    const result = await ping(id);
    world.receiver.answer({});
    expect(result).toMatchObject({ delivered: false, attempt: { outcome: "timeout", response_code: null } });
  });
});

test("a test sends the example of its type, which nobody else gets", async () => {
  const [tested, other] = [await subscribe(), await subscribe()];
  const result = await api.post<ProbeResult>(`/v1/subscriptions/${tested.id}/test`, {
    type: "order.shipped",
  });
  expect(result).toMatchObject({ delivered: true });
  await untilQuiet();
  const [request] = received(tested.path);
  expect(JSON.parse(String(request?.body))).toMatchObject({
    type: "order.shipped",
    data: { order_id: expect.any(String) },
  });
  expect(received(other.path)).toEqual([]);
});

test("what is held while a subscription is paused is delivered when it is resumed", async () => {
  const { id, path } = await subscribe();
  await api.post(`/v1/subscriptions/${id}/pause`, {});
  await publishOrder("held-1");
  await untilQuiet();
  expect(received(path)).toEqual([]);
  expect(await api.get(`/v1/subscriptions/${id}/stats`)).toMatchObject({ waiting: { held: 1 } });
  await api.post(`/v1/subscriptions/${id}/resume`, {});
  await untilQuiet();
  expect(received(path).map(({ headers }) => headers["webhook-id"])).toEqual(["held-1"]);
  expect(await api.get(`/v1/subscriptions/${id}/stats`)).toMatchObject({
    success_rate: 1,
    waiting: { held: 0, queued: 0 },
  });
});

test("after a rotation the old and the new secret verify what is sent; with no overlap the new one alone", async () => {
  const { id, secret: first, path } = await subscribe();
  const { secret: second } = await api.post<Created>(`/v1/subscriptions/${id}/rotate-secret`, {});
  const ask = async () => {
    await ping(id);
    const request = received(path).at(-1);
    const verify = (secret: string) =>
      new StandardWebhook(secret).verify(String(request?.body), request?.headers as Record<string, string>);
    return verify;
  };
  const both = await ask();
  expect([both(first), both(second)]).toMatchObject([{ type: "webhook.ping" }, { type: "webhook.ping" }]);
  const body = { overlap_seconds: 0 };
  const { secret: third } = await api.post<Created>(`/v1/subscriptions/${id}/rotate-secret`, body);
  const alone = await ask();
  expect(alone(third)).toMatchObject({ type: "webhook.ping" });
  for (const secret of [first, second]) expect(() => alone(secret)).toThrow();
});

test("headers and credentials reach the endpoint, and are masked wherever the request is shown", async () => {
  const { id, path } = await subscribe({
    signature_scheme: "svix",
    headers: { "X-Tenant": "clinic-7" },
    sensitive_headers: { "X-Api-Key": "hunter2-header" },
    endpoint_auth: { type: "basic", username: "clinic", password: "hunter2-password" },
  });
  const result = await ping(id);
  const request = received(path).at(-1);
  const basic = `Basic ${Buffer.from("clinic:hunter2-password").toString("base64")}`;
  expect(request?.headers).toMatchObject({
    "x-tenant": "clinic-7",
    "x-api-key": "hunter2-header",
    authorization: basic,
    "svix-id": expect.any(String),
  });
  expect(request?.headers).not.toHaveProperty("webhook-id");
  expect(result.attempt.request_headers).toMatchObject({ "x-tenant": "clinic-7" });
  expect(JSON.stringify(result)).not.toContain("hunter2");
  expect(JSON.stringify(result)).not.toContain(basic);
});

test("svix's own library accepts what is signed as svix", async () => {
  const { id, secret, path } = await subscribe({ signature_scheme: "svix" });
  await ping(id);
  const request = received(path).at(-1);
  const headers = request?.headers as Record<string, string>;
  expect(() => new SvixWebhook(secret).verify(String(request?.body), headers)).not.toThrow();
  expect(() => new SvixWebhook(secret).verify(`${request?.body} `, headers)).toThrow();
});
