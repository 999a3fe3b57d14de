import { createWebhookHandler, verify } from "@carewire/sdk";
import { CarewireApiError, type CarewireClient, createClient } from "@carewire/sdk/client";
import { createDetailsFetcher, ekaPaths } from "@carewire/sdk/details";
import { createMemoryStore } from "@carewire/sdk/idempotency";
import { createPostgresStore, idempotencyTableSql } from "@carewire/sdk/idempotency/postgres";
import { eventually, type RecordedRequest } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "./world/create-world.ts";
import { serve } from "./world/serve.ts";

let world: World;
let baseUrl: string;
let client: CarewireClient;

beforeAll(async () => {
  world = await createWorld();
  const [api] = await Promise.all([world.start("subscriptions-api"), world.start("dispatcher")]);
  baseUrl = api.url;
  client = createClient({ baseUrl, apiKey: world.tenant.key });
});
afterAll(() => world?.close());

/** Loses the first `count` answers, after the API has done what was asked. */
function losing(count: number): typeof fetch {
  let left = count;
  return async (input, init) => {
    const response = await fetch(input, init);
    if (left-- <= 0) return response;
    await response.body?.cancel();
    throw new TypeError("the answer was lost on the way");
  };
}

const clientLosing = (count: number) =>
  createClient({ baseUrl, apiKey: world.tenant.key, fetch: losing(count), backoffMs: 1 });

const order = (n: number) => ({ type: "order.paid", data: { order_id: `o_${n}`, customer_id: "c_1" } });

const requestsAt = (path: string): RecordedRequest[] =>
  world.receiver.requests().filter((request) => request.path === path);

test("a thin delivery is verified and claimed, and its details are fetched, with the read on the event's account", async () => {
  const subscription = await client.subscriptions.create({
    name: "thin",
    url: `${world.receiver.url}/thin`,
    events: "appointment.*",
    payload_format: "thin",
  });
  const resource = {
    kind: "appointment",
    id: "appt_1",
    version: 1,
    body: { status: "BK", starts_at: "2026-03-02" },
  };
  const data = { appointment_id: "appt_1", patient_id: "p_1" };
  await client.events.publish({ type: "appointment.created", data, resource });
  const request = await eventually(() => requestsAt("/thin")[0]);

  const result = verify(request.body, request.headers, subscription.secret);
  expect(result).toMatchObject({ ok: true });
  const id = result.ok ? result.id : "";
  const store = createMemoryStore();
  expect([await store.claim(id), await store.claim(id)]).toEqual(["claimed", "busy"]);

  const body = JSON.parse(String(request.body)) as { event: string; data: object };
  const event = { id, type: body.event, data: body.data };
  expect(await client.fetchDetails(event)).toEqual(resource.body);
  expect(await client.fetchDetails(event)).toEqual(resource.body);
  const eka = createDetailsFetcher({ baseUrl, credentials: world.tenant.key, paths: ekaPaths });
  expect(await eka.fetchDetails(event)).toEqual(resource.body);
  expect(
    await client.fetchDetails({ type: "appointment.created", data: { appointment_id: "none" } }),
  ).toBeNull();
  const reads = await world.sql<{ event: string; unchanged: boolean }[]>`
    select detail ->> 'event' as event, (detail ->> 'not_modified')::boolean as unchanged
    from audit_log where action = 'resource.read' order by seq`;
  expect([...reads]).toEqual([false, true, false].map((unchanged) => ({ event: id, unchanged })));
});

test.each([
  { signature_scheme: "standard-webhooks", payload_format: "envelope" },
  { signature_scheme: "standard-webhooks", key_type: "ed25519", payload_format: "event" },
  { signature_scheme: "svix", payload_format: "flat" },
  { signature_scheme: "eka", payload_format: "thin" },
] as const)("a handler that fails at first processes once what comes as %o", async (choices) => {
  await world.sql.unsafe(idempotencyTableSql("sdk_seen")).simple();
  const name = Object.values(choices).join("-");
  let secrets: string[] = [];
  let calls = 0;
  const processed: unknown[] = [];
  const handler = createWebhookHandler({
    secrets: () => secrets,
    scheme: choices.signature_scheme,
    payloadFormat: choices.payload_format,
    client,
    idempotency: createPostgresStore(world.sql, { table: "sdk_seen" }),
    onOutcome: () => {},
  });
  handler.on("prescription.created", async (event) => {
    if (++calls === 1) throw new Error("not yet");
    processed.push([event.id, event.data.prescription_id, await event.fetchDetails()]);
  });
  handler.onUnknown(() => {});
  const server = await serve(handler.node());
  const events = ["prescription.created"];
  const subscription = await client.subscriptions.create({ name, url: server.url, events, ...choices });
  secrets = [subscription.public_key ?? subscription.secret];
  const resource = { kind: "prescription", id: name, version: 1, body: { medicines: 2 } };
  const data = { prescription_id: name, patient_id: "p_1" };
  const { id } = await client.events.publish({ type: "prescription.created", data, resource });

  const query = { event_id: id, subscription_id: subscription.id, status: "delivered" } as const;
  const [first] = await eventually(async () => {
    const { data: delivered } = await client.deliveries.list(query);
    return delivered.length === 1 && delivered;
  });
  expect(first).toMatchObject({ attempts: 2, response_code: 200 });
  await client.replays.replayDelivery(String(first?.id));
  await eventually(async () => (await client.deliveries.list(query)).data.length === 2);
  expect(processed).toEqual([[id, name, { medicines: 2 }]]);
  await client.subscriptions.remove(subscription.id);
  await server.close();
});

test("publishing whose answers are lost publishes once, singly and in a batch", async () => {
  const published = await clientLosing(2).events.publish(order(1));
  const batch = await clientLosing(1).events.publishBatch({ events: [order(2), order(3)] });
  expect(batch.data).toHaveLength(2);
  const found = [];
  for await (const event of client.events.list({ type: "order.paid", limit: 1 })) found.push(event.id);
  expect(found).toHaveLength(3);
  expect(found).toContain(published.id);
});

test("a subscription whose answer is lost is not made twice; its deletion is done although the answer is lost", async () => {
  const body = { name: "once", url: `${world.receiver.url}/once`, events: ["order.placed"] };
  await expect(clientLosing(1).subscriptions.create(body)).rejects.toMatchObject({
    code: "network_error",
    tries: 1,
  });
  const named = [];
  for await (const one of client.subscriptions.list()) if (one.name === "once") named.push(one.id);
  expect(named).toHaveLength(1);
  await clientLosing(1).subscriptions.remove(String(named[0]));
  await expect(client.subscriptions.get(String(named[0]))).rejects.toMatchObject({ status: 404 });
});

test("what the API refuses is an error that says where and by which code", async () => {
  const wrong = client.events.publish({ type: String("order.paid"), data: { order_id: 7 } });
  const error = await wrong.catch((caught: CarewireApiError) => caught);
  expect(error).toBeInstanceOf(CarewireApiError);
  expect(error).toMatchObject({
    status: 422,
    errors: expect.arrayContaining([expect.objectContaining({ path: "data.order_id" })]),
  });
  expect((error as CarewireApiError).requestId).toEqual(expect.any(String));
  const stranger = createClient({ baseUrl, apiKey: "cw_live_nobody" });
  await expect(stranger.events.list()).rejects.toMatchObject({ status: 401 });
  await expect(client.events.list({ cursor: "forged" })).rejects.toMatchObject({ status: 400 });
});

test("deliveries, attempts, replays, statistics, pings, event types and API keys can be worked with", async () => {
  const subscription = await client.subscriptions.create({
    name: "all",
    url: `${world.receiver.url}/all`,
    events: ["order.shipped"],
  });
  const { id } = await client.events.publish({ ...order(9), type: "order.shipped" });
  const [delivery] = await eventually(async () => {
    const { data } = await client.deliveries.list({ event_id: id, status: "delivered" });
    return data.length > 0 && data;
  });
  const deliveryId = String(delivery?.id);
  expect(await client.deliveries.get(deliveryId)).toMatchObject({
    id: deliveryId,
    payload: expect.anything(),
  });
  expect((await client.deliveries.listAttempts(deliveryId)).data).toMatchObject([
    { n: 1, response_code: 200 },
  ]);
  expect((await client.events.get(id)).lineage.deliveries).toMatchObject([{ id: deliveryId }]);

  const replayed = await clientLosing(1).replays.replayDelivery(deliveryId);
  expect(replayed.replay_of).toBe(deliveryId);
  const both = await eventually(() => requestsAt("/all").length === 2 && requestsAt("/all"));
  expect(both.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
  const count = await client.replays.create({ filter: { subscription_id: subscription.id }, dry_run: true });
  expect(count).toMatchObject({ total: expect.any(Number) });

  expect(await client.subscriptions.ping(subscription.id)).toMatchObject({ attempt: { response_code: 200 } });
  expect(await client.subscriptions.stats(subscription.id)).toBeTypeOf("object");
  expect(await clientLosing(1).subscriptions.pause(subscription.id)).toMatchObject({ active: false });
  expect((await client.eventTypes.list()).data.length).toBeGreaterThan(20);
  expect(await client.eventTypes.get("order.paid")).toMatchObject({ source: "catalog" });
  const key = await client.apiKeys.create({ name: "short", scopes: ["events:read"] });
  const limited = createClient({ baseUrl, apiKey: key.key });
  expect((await limited.events.list({ limit: 1 })).data).toHaveLength(1);
  await expect(limited.deliveries.list()).rejects.toMatchObject({ status: 403, code: "insufficient_scope" });
  await client.apiKeys.revoke(key.id);
});
