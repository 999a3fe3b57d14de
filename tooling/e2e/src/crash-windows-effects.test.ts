import { expect, type TestContext, test } from "vitest";
import { settle } from "./settle.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";
import { orders } from "./world/publish-orders.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import { invoicePaymentFailed } from "./world/stripe-events.ts";
import { subscribe } from "./world/subscribe.ts";

/** A world with a dispatcher and a subscription to `events`. */
async function prepare(
  { onTestFinished }: TestContext,
  events: string[],
): Promise<{ world: World; api: ApiClient }> {
  const world = await createWorld();
  onTestFinished(world.close);
  const [{ url }] = await Promise.all([world.start("subscriptions-api"), world.start("dispatcher")]);
  const api = createApiClient({ url, key: world.tenant.key });
  await subscribe(api, { url: world.receiver.url, count: 1, events });
  return { world, api };
}

/** What was published from outside; that a subscription was created is an event too. */
const countEvents = async ({ sql }: World): Promise<number> =>
  (await sql`select id from events where type not like 'endpoint.%'`).length;

/** The types of the messages the subscriber got. */
const receivedTypes = ({ receiver }: World): string[] =>
  receiver.requests().map(({ body }) => (JSON.parse(String(body)) as { type: string }).type);

/** Both sides of a commit: what the process that died there leaves behind. */
const commits = [
  { moment: "before", stored: 0 },
  { moment: "after", stored: 1 },
] as const;

test.concurrent.for(commits)(
  "an ingress killed $moment its commit answers nothing, and what the provider sends again has one effect",
  async ({ moment, stored }, context) => {
    const { world } = await prepare(context, ["payment.failed"]);
    const failpoint = `ingress.${moment}_commit`;
    const event = invoicePaymentFailed(`evt_${moment}`);
    const [doomed] = await Promise.all([
      world.start("ingress-payments", { FAILPOINT: `${failpoint}:kill` }),
      world.start("ingress-payments-worker"),
    ]);
    expect(await sendStripeEvent(doomed.url, event)).toBeNull();
    await expectDeath(doomed, failpoint);
    expect(await countEvents(world)).toBe(stored);

    const next = await world.start("ingress-payments");
    const answer = await sendStripeEvent(next.url, event);
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(answer?.body.duplicate ?? false).toBe(stored === 1);
    await settle(world.sql, 2);
    expect(await world.sql`select stripe_invoice_id, event_id from billing_invoices`).toEqual([
      { stripe_invoice_id: `in_evt_${moment}`, event_id: `evt_${moment}` },
    ]);
    expect(receivedTypes(world)).toEqual(["payment.failed"]);
  },
);

test.concurrent.for(commits)(
  "a publish API killed $moment its commit answers nothing, and what the publisher sends again is one event",
  async ({ moment, stored }, context) => {
    const { world, api } = await prepare(context, ["order.paid"]);
    const failpoint = `publish.${moment}_commit`;
    const [order] = orders(moment, 1);
    if (!order) throw new Error("no order was made");
    const doomed = await world.start("subscriptions-api", { FAILPOINT: `${failpoint}:kill` });
    const doomedApi = createApiClient({ url: doomed.url, key: world.tenant.key });
    expect(await doomedApi.tryPost("/v1/events", order)).toBeNull();
    await expectDeath(doomed, failpoint);
    expect(await countEvents(world)).toBe(stored);

    const again = await api.post<{ id: string; duplicate?: boolean }>("/v1/events", order);
    expect(again.id).toBe(order.id);
    expect(again.duplicate ?? false).toBe(stored === 1);
    await settle(world.sql, 1);
    expect(await countEvents(world)).toBe(1);
    expect(world.receiver.requests().map(({ headers }) => headers["webhook-id"])).toEqual([order.id]);
  },
);

/** The steps of a consumer: how many effects, and how many leases, the process that died there leaves behind. */
const steps = [
  { failpoint: "consume.after_claim", effects: 0, leases: 1 },
  { failpoint: "consume.before_commit", effects: 0, leases: 1 },
  { failpoint: "consume.after_commit", effects: 1, leases: 0 },
] as const;

const countLeases = async ({ sql }: World): Promise<number> =>
  (await sql`select from delivery_queue where lease_token is not null`).length;

test.concurrent.for(steps)(
  "a handler of Stripe's events killed at $failpoint takes effect once and tells subscribers once",
  async ({ failpoint, effects, leases }, context) => {
    const { world } = await prepare(context, ["payment.failed"]);
    const [ingress, doomed] = await Promise.all([
      world.start("ingress-payments"),
      world.start("ingress-payments-worker", { FAILPOINT: `${failpoint}:kill` }),
    ]);
    expect(await sendStripeEvent(ingress.url, invoicePaymentFailed("evt_1"))).toMatchObject({ status: 200 });
    await expectDeath(doomed, failpoint);
    expect(await world.sql`select from billing_invoices`).toHaveLength(effects);

    await world.start("ingress-payments-worker");
    const balance = await settle(world.sql, 2);
    expect(balance.lostAttempts).toBe(leases);
    expect(await world.sql`select attempt_count from billing_invoices`).toEqual([{ attempt_count: 1 }]);
    expect(receivedTypes(world)).toEqual(["payment.failed"]);
  },
);

test.concurrent.for(steps)(
  "the doctors service killed at $failpoint creates one profile",
  async ({ failpoint, effects, leases }, context) => {
    const { world, api } = await prepare(context, ["*"]);
    const doomed = await world.start("doctors", { FAILPOINT: `${failpoint}:kill` });
    await api.post("/v1/envelopes", {
      topic: "cari.auth.user_created",
      source_service: "auth",
      payload: { user_id: "user_1", email: "doctor@hospital.org", registration_role: "DOCTOR" },
    });
    await expectDeath(doomed, failpoint);
    expect(await world.sql`select from doctor_profiles`).toHaveLength(effects);
    expect(await countLeases(world)).toBe(leases);

    await world.start("doctors");
    const balance = await settle(world.sql, 1);
    expect(balance.lostAttempts).toBe(leases);
    expect(await world.sql`select user_id from doctor_profiles`).toEqual([{ user_id: "user_1" }]);
  },
);
