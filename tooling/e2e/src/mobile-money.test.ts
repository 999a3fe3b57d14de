import { randomUUID } from "node:crypto";
import {
  eventually,
  type FakeMtnMomo,
  type FakeOrangeMoney,
  startFakeMtnMomo,
  startFakeOrangeMoney,
} from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { subscribe } from "./world/subscribe.ts";

const orangeClient = { clientId: "orange-client", clientSecret: "orange-secret" };
const mtnClient = { apiUser: "mtn-user", apiKey: "mtn-key", subscriptionKey: "mtn-subscription" };
let world: World;
let orange: FakeOrangeMoney;
let mtn: FakeMtnMomo;
let payments: ApiClient;
let paymentsUrl: string;

beforeAll(async () => {
  [world, orange, mtn] = await Promise.all([
    createWorld(),
    startFakeOrangeMoney(orangeClient),
    startFakeMtnMomo(mtnClient),
  ]);
  const providers = {
    ORANGE_MONEY_URL: orange.url,
    ORANGE_MONEY_CLIENT_ID: orangeClient.clientId,
    ORANGE_MONEY_CLIENT_SECRET: orangeClient.clientSecret,
    ORANGE_MONEY_ENVIRONMENT: "dev",
    MTN_MOMO_URL: mtn.url,
    MTN_MOMO_API_USER: mtnClient.apiUser,
    MTN_MOMO_API_KEY: mtnClient.apiKey,
    MTN_MOMO_SUBSCRIPTION_KEY: mtnClient.subscriptionKey,
    MTN_MOMO_TARGET_ENVIRONMENT: "sandbox",
  };
  const [apiApp, ingress] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-payments", providers),
    world.start("ingress-payments-worker", providers),
    world.start("dispatcher"),
  ]);
  paymentsUrl = ingress.url;
  payments = createApiClient({ url: ingress.url, key: world.tenant.key });
  const api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  await subscribe(api, { url: world.receiver.url, count: 1, events: ["payment.*", "order.paid"] });
});
afterAll(async () => {
  await world?.close();
  await Promise.all([orange?.close(), mtn?.close()]);
});

/** Sends a callback until it is taken: what cannot be stored within 1.5 s is 503, and what comes again is the same event. */
async function callBack(path: string, method: "POST" | "PUT", body: object): Promise<number> {
  const headers = { "content-type": "application/json" };
  return eventually(
    async () => {
      const response = await fetch(paymentsUrl + path, { method, headers, body: JSON.stringify(body) });
      await response.body?.cancel();
      return response.status !== 503 && response.status;
    },
    { description: "the callback to be taken" },
  );
}

/** What the subscriber got about an order, once that many messages are there: types and data, by type. */
const received = (orderId: string, count: number) =>
  eventually(
    () => {
      const messages = world.receiver
        .requests()
        .map(({ body }) => JSON.parse(String(body)) as { type: string; data: Record<string, unknown> })
        .filter(({ data }) => data.order_id === orderId);
      return messages.length >= count && messages.sort((a, b) => a.type.localeCompare(b.type));
    },
    { description: `${count} messages about ${orderId}` },
  );

test("an Orange Money payment goes from its registration and a callback to what subscribers are told", async () => {
  const order = { order_id: "order_e2e", amount: 5_000, currency: "XOF" };
  const { callback_path } = await payments.post<{ callback_path: string }>(
    "/api/payments/orange-money",
    order,
  );
  const { notif_token, pay_token } = orange.start({ orderId: order.order_id, amount: order.amount });
  await payments.post("/api/payments/orange-money", { ...order, notif_token, pay_token });
  orange.become(order.order_id, "SUCCESS", "MP1");
  expect(await callBack(callback_path, "POST", orange.notification(order.order_id))).toBe(200);

  const [paid, succeeded] = await received(order.order_id, 2);
  expect([paid?.type, succeeded?.type]).toEqual(["order.paid", "payment.succeeded"]);
  expect(succeeded?.data).toMatchObject({ amount: 5_000, currency: "XOF", provider_transaction_id: "MP1" });
  const causes = await world.sql`
    select hint.type from events e join events hint on hint.id = e.caused_by where e.type = 'payment.succeeded'`;
  expect([...causes]).toEqual([{ type: "cari.payments.orange_money_callback_received" }]);
});

test("an MTN payment that its payer refuses is told as failed, whatever the callback claims", async () => {
  const reference = randomUUID();
  const money = { amount: "50", currency: "EUR" };
  const { callback_path } = await payments.post<{ callback_path: string }>("/api/payments/mtn-momo", {
    reference,
    order_id: "order_refused",
    ...money,
  });
  mtn.start({ reference, ...money, externalId: reference, payerId: "46733123450" });
  mtn.become(reference, "FAILED", { reason: "APPROVAL_REJECTED" });
  const claim = { ...mtn.callback(reference), status: "SUCCESSFUL" };
  expect(await callBack(callback_path, "PUT", claim)).toBe(200);

  const messages = await received("order_refused", 1);
  expect(messages).toMatchObject([{ type: "payment.failed", data: { reason: "approval_rejected" } }]);
  expect(await eventually(async () => isConserved(await readBalance(world.sql)))).toBe(true);
});
