import { tailMessageSchema } from "@carewire/contracts";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenedStream, readEventStream } from "../../testing/read-event-stream.ts";
import { createSubscription, seedDelivery } from "../../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";

let api: TestApi;
const opened: OpenedStream[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  for (const { drop } of opened) drop();
  await api.stop();
});

async function tail(query = "", key = api.tenant.key): Promise<OpenedStream> {
  const stream = await readEventStream(`${api.url}/v1/tail${query}`, key);
  opened.push(stream);
  if (stream.status === 200) await eventually(() => stream.messages[0]?.event === "ready");
  return stream;
}

const idsOf = ({ messages }: OpenedStream) => messages.map(({ data }) => data.id);

test("tells of events, deliveries and attempts as they happen, each once, and of nothing that is private", async () => {
  const before = await seedDelivery(api, {
    subscription: await createSubscription(api),
    status: 2,
    tries: [200],
  });
  const everything = await tail();
  const body = {
    type: "order.paid",
    subject: "subject-of-it",
    data: { order_id: "order-in-it", customer_id: "c" },
  };
  const published = await api.send("POST", "/v1/events", { body });
  const subscription = await createSubscription(api);
  const delivery = await seedDelivery(api, {
    subscription,
    status: 3,
    tries: [500, 500],
    responseBody: "answer-of-it",
  });
  const told = await eventually(
    () => everything.messages.filter(({ event }) => event === "attempt").length === 2 && everything.messages,
  );
  expect(idsOf(everything)).toEqual(expect.arrayContaining([published.body.id, delivery.id]));
  expect(idsOf(everything)).not.toContain(before.id);
  expect(new Set(idsOf(everything)).size).toBe(told.length);
  for (const message of told.slice(1)) tailMessageSchema.parse(message);
  expect(told.find(({ event }) => event === "attempt")?.data).toMatchObject({
    delivery_id: delivery.id,
    subscription_id: subscription,
    event_type: "order.paid",
    response_code: 500,
    delivery_status: "failed",
  });
  expect(JSON.stringify(told)).not.toMatch(/subject-of-it|order-in-it|answer-of-it/);
});

test("shows a caller nothing of another organization, of another account, or of internal events", async () => {
  const stranger = await tail("", api.stranger.key);
  const { key: accountKey } = await api.tenant.createKey({ accountId: api.tenant.accountId });
  const account = await tail("", accountKey);
  const plain = await tail("", (await api.tenant.createKey({ scopes: ["deliveries:read"] })).key);
  const envelope = { topic: "cari.auth.user_created", source_service: "auth", payload: {} };
  await api.send("POST", "/v1/envelopes", { body: envelope });
  const ofAll = await seedDelivery(api, { subscription: await createSubscription(api) });
  await eventually(() => idsOf(plain).includes(ofAll.id));
  await eventually(() =>
    api
      .send("POST", "/v1/events", {
        key: accountKey,
        body: {
          type: "order.paid",
          account_id: api.tenant.account,
          data: { order_id: "o", customer_id: "c" },
        },
      })
      .then(({ status }) => status === 202),
  );
  const own = await eventually(() => account.messages.find(({ event }) => event === "event"));
  expect(own.data.type).toBe("order.paid");
  expect(account.messages.filter(({ event }) => event !== "ready" && event !== "event")).toEqual([]);
  expect(stranger.messages.map(({ event }) => event)).toEqual(["ready"]);
  expect(JSON.stringify(plain.messages)).not.toContain("cari.");
});

test("can be of one subscription, or of some types", async () => {
  const subscription = await createSubscription(api);
  const ofOne = await tail(`?subscription_id=${subscription}`);
  const ofTypes = await tail("?type=appointment.*,order.refunded");
  const others = await seedDelivery(api, {
    subscription: await createSubscription(api),
    type: "order.refunded",
  });
  const own = await seedDelivery(api, { subscription, type: "order.paid" });
  await eventually(() => idsOf(ofOne).includes(own.id));
  await eventually(() => idsOf(ofTypes).includes(others.id));
  expect(idsOf(ofOne)).not.toContain(others.id);
  expect(idsOf(ofTypes)).not.toContain(own.id);
});

test("needs its scope, a key, and a query that makes sense", async () => {
  const { key } = await api.tenant.createKey({ scopes: ["events:read"] });
  expect((await tail("", key)).status).toBe(403);
  expect((await tail("", "cw_live_nothing")).status).toBe(401);
  expect((await tail("?wrong=1")).status).toBe(422);
});

test("of one organization only so many are open at once; a closed one makes room", async () => {
  const { stranger } = api;
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => readEventStream(`${api.url}/v1/tail`, stranger.key)),
  );
  const refused = streams.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(8);
  for (const { drop } of streams) drop();
  await eventually(async () => {
    const again = await readEventStream(`${api.url}/v1/tail`, stranger.key);
    again.drop();
    return again.status === 200;
  });
});
