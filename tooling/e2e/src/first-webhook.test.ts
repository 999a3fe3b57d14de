import { verify } from "@carewire/sdk";
import { eventually, findRedisServer, startRedis, type ThrowawayServer } from "@carewire/testkit";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "./conservation.ts";
import { settle } from "./settle.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import { checkoutCompleted, invoicePaymentFailed } from "./world/stripe-events.ts";
import { type Subscriptions, subscribe } from "./world/subscribe.ts";

let redis: ThrowawayServer | undefined;
let world: World;
let api: ApiClient;
let ingressUrl: string;
let subscription: Subscriptions;

beforeAll(async () => {
  redis = findRedisServer() === undefined ? undefined : await startRedis();
  world = await createWorld({ redisUrl: redis?.url });
  const [apiApp, ingress] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-payments"),
    world.start("ingress-payments-worker"),
    world.start("doctors"),
    world.start("dispatcher"),
  ]);
  ingressUrl = ingress.url;
  api = createApiClient({ url: apiApp.url, key: world.tenant.key });
  const events = ["payment.*", "order.paid"];
  subscription = await subscribe(api, { url: world.receiver.url, count: 1, events });
});

afterAll(async () => {
  await world?.close();
  await redis?.remove();
});

/** What a subscriber gets in the default format. */
interface Delivered {
  id: string;
  type: string;
  created_at: string;
  data: Record<string, unknown>;
  metadata: { webhook_subscription_id: string };
}

/** The received requests about `subject`, an id in their payload. */
const receivedAbout = (subject: string) =>
  world.receiver
    .requests()
    .map((request) => ({ request, message: JSON.parse(String(request.body)) as Delivered }))
    .filter(({ message }) => Object.values(message.data).includes(subject));

/** The one received request about `subject`, once it is there. */
function waitForOne(subject: string) {
  return eventually(() => receivedAbout(subject)[0], { description: subject });
}

interface EventDetail {
  id: string;
  type: string;
  lineage: {
    inbound_request: { provider: string; verdict: string } | null;
    caused_by: string | null;
    caused: { id: string; type: string }[];
    deliveries: {
      id: string;
      subscription_id: string | null;
      consumer: string | null;
      status: string;
      attempts: { n: number; outcome: string; response_code: number | null }[];
    }[];
  };
}

test("a webhook signed by Stripe comes out as one that three libraries accept", async () => {
  const event = invoicePaymentFailed("evt_first");
  const answer = await sendStripeEvent(ingressUrl, event);
  expect(answer).toMatchObject({ status: 200, body: { received: true } });

  const { request, message } = await waitForOne("in_evt_first");
  expect(message).toMatchObject({
    type: "payment.failed",
    data: { payment_id: "in_evt_first", customer_id: "cus_Q1", amount: 2_900, currency: "usd" },
    metadata: { webhook_subscription_id: subscription.ids[0] },
  });
  const secret = String(subscription.secrets["/endpoint-1"]);
  const headers = request.headers as Record<string, string>;
  expect(new StandardWebhook(secret).verify(request.body.toString(), headers)).toEqual(message);
  expect(() => new SvixWebhook(secret).verify(request.body, headers)).not.toThrow();
  expect(() => new SvixWebhook(secret).verify(`${request.body} `, headers)).toThrow();
  expect(verify(request.body, request.headers, secret)).toMatchObject({ ok: true, id: message.id });
  expect(headers["webhook-id"]).toBe(message.id);

  const invoices = await world.sql`select stripe_invoice_id, status, attempt_count from billing_invoices`;
  expect(invoices).toEqual([
    { stripe_invoice_id: "in_evt_first", status: "payment_failed", attempt_count: 1 },
  ]);
});

test("the delivery and its attempt can be read back", async () => {
  const { message } = await waitForOne("in_evt_first");
  await settle(world.sql, 1);
  const path = `/v1/deliveries?subscription_id=${subscription.ids[0]}&type=payment.failed`;
  const { data: deliveries } = await api.get<{ data: { id: string }[] }>(path);
  expect(deliveries).toMatchObject([
    {
      event_id: message.id,
      event_type: "payment.failed",
      status: "delivered",
      response_code: 200,
      attempts: 1,
    },
  ]);
  const { data: attempts } = await api.get<{ data: object[] }>(
    `/v1/deliveries/${deliveries[0]?.id}/attempts`,
  );
  expect(attempts).toMatchObject([
    { n: 1, response_code: 200, next_step: "delivered", request_headers: { "webhook-id": message.id } },
  ]);
});

test("an event's lineage leads from the inbound request to the attempt that delivered what it caused", async () => {
  const { message } = await waitForOne("in_evt_first");
  const caused = await api.get<EventDetail>(`/v1/events/${message.id}`);
  expect(caused).toMatchObject({
    type: "payment.failed",
    lineage: {
      deliveries: [
        {
          subscription_id: subscription.ids[0],
          status: "delivered",
          attempts: [{ n: 1, response_code: 200 }],
        },
      ],
    },
  });
  const cause = await api.get<EventDetail>(`/v1/events/${caused.lineage.caused_by}`);
  expect(cause).toMatchObject({
    type: "cari.payments.stripe_invoice_payment_failed",
    lineage: {
      inbound_request: { provider: "stripe", verdict: "accepted" },
      caused: [{ id: message.id, type: "payment.failed" }],
      deliveries: [
        { consumer: "ingress-payments.apply-invoice", status: "delivered", attempts: [{ outcome: "ok" }] },
      ],
    },
  });
});

test("fifty concurrent copies of one webhook have one effect", async () => {
  const event = invoicePaymentFailed("evt_copied");
  const answers = await Promise.all(Array.from({ length: 50 }, () => sendStripeEvent(ingressUrl, event)));
  expect(answers.map((answer) => answer?.status)).toEqual(Array(50).fill(200));
  expect(answers.filter((answer) => answer?.body.duplicate !== true)).toHaveLength(1);
  await waitForOne("in_evt_copied");
  await settle(world.sql, 3);
  expect(receivedAbout("in_evt_copied")).toHaveLength(1);
});

test("one event id with two bodies is acknowledged, has one effect, and the conflict is on record", async () => {
  const event = invoicePaymentFailed("evt_changed");
  await sendStripeEvent(ingressUrl, event);
  const changed = { ...event, created: event.created + 60 };
  expect(await sendStripeEvent(ingressUrl, changed)).toMatchObject({ status: 200, body: { received: true } });
  const rows = await world.sql`
    select verdict from inbound_requests where external_id = 'evt_changed' order by id`;
  expect(rows.map(({ verdict }) => verdict)).toEqual(["accepted", "conflict"]);
  await waitForOne("in_evt_changed");
  await settle(world.sql, 5);
  expect(receivedAbout("in_evt_changed")).toHaveLength(1);
});

test("a completed checkout tells that the order is paid and that the payment succeeded", async () => {
  await sendStripeEvent(ingressUrl, checkoutCompleted("evt_checkout", "order_1001"));
  const told = await eventually(() => {
    const received = receivedAbout("order_1001");
    return received.length === 2 && received.map(({ message }) => message.type).sort();
  });
  expect(told).toEqual(["order.paid", "payment.succeeded"]);
});

test("a doctor who joined before the profile existed gets one profile, linked", async () => {
  const user = { user_id: "user_1", email: "doctor@hospital.org", registration_role: "DOCTOR" };
  const membership = { user_id: "user_1", organization_id: "hospital_1", role: "ORG:DOCTOR" };
  const publish = (topic: string, payload: object) =>
    api.post("/v1/envelopes", { topic, source_service: "auth", payload });
  await publish("cari.organization.member_added", membership);
  await eventually(async () => (await world.sql`select from doctor_memberships`).length);
  await publish("cari.auth.user_created", user);
  await publish("cari.auth.user_created", user);
  await settle(world.sql, 3);
  const profiles = await world.sql`select id, user_id, email from doctor_profiles`;
  expect(profiles).toMatchObject([{ user_id: "user_1", email: "doctor@hospital.org" }]);
  const links = await world.sql`select user_id, member_of, doctor_profile_id from doctor_memberships`;
  expect(links).toEqual([{ user_id: "user_1", member_of: "hospital_1", doctor_profile_id: profiles[0]?.id }]);
});

test("an envelope nobody can read becomes a dead letter and does not hold up its neighbour", async () => {
  const publish = (payload: object) =>
    api.post("/v1/envelopes", { topic: "cari.auth.user_created", source_service: "auth", payload });
  await publish({ user_id: 7, email: "number@hospital.org", registration_role: "DOCTOR" });
  await publish({ user_id: "user_2", email: "next@hospital.org", registration_role: "DOCTOR" });
  const letters = await eventually(
    async () => {
      const rows = await world.sql`select consumer, topic, cause, attempts, status from dead_letters`;
      const profiles = await world.sql`select from doctor_profiles where user_id = 'user_2'`;
      return rows.length > 0 && profiles.length === 1 && [...rows];
    },
    { description: "the dead letter and the neighbour's profile" },
  );
  expect(letters).toEqual([
    {
      consumer: "doctors.profiles",
      topic: "cari.auth.user_created",
      cause: "schema",
      attempts: 1,
      status: "open",
    },
  ]);
  const balance = await readBalance(world.sql);
  expect(isConserved(balance)).toBe(true);
  expect(balance.failed).toBe(1);
});
