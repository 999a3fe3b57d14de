import { connect, migrations, type Sql } from "@carewire/db";
import { eventTypes, newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyEvent, type StripeEvent } from "../testing/apply-event.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "any-order-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const startSeconds = 1_767_225_600;
// Few distinct seconds, so that ties are common.
const created = fc.integer({ min: startSeconds, max: startSeconds + 3 });

const subscriptionEvent = fc.record({
  type: fc.constantFrom(
    "customer.subscription.updated",
    "customer.subscription.updated",
    "customer.subscription.deleted",
  ),
  created,
  object: fc.record({
    id: fc.constant("sub_1"),
    status: fc.constantFrom("active", "past_due", "trialing"),
    customer: fc.constant("cus_1"),
    cancel_at_period_end: fc.boolean(),
  }),
});

const invoiceEvent = fc
  .record({ paid: fc.boolean(), attempt: fc.integer({ min: 1, max: 3 }), created })
  .map(({ paid, attempt, created }) => ({
    type: paid ? "invoice.payment_succeeded" : "invoice.payment_failed",
    created,
    object: {
      id: "in_1",
      customer: "cus_1",
      currency: "eur",
      amount_due: 900,
      amount_paid: paid ? 900 : 0,
      attempt_count: attempt,
    },
  }));

const checkoutEvent = fc
  .record({
    kind: fc.constantFrom(
      ["checkout.session.completed", "unpaid"],
      ["checkout.session.completed", "paid"],
      ["checkout.session.async_payment_succeeded", "paid"],
      ["checkout.session.async_payment_failed", "unpaid"],
    ),
    created,
  })
  .map(({ kind: [type = "", payment_status], created }) => ({
    type,
    created,
    object: {
      id: "cs_1",
      payment_status,
      amount_total: 5_000,
      currency: "eur",
      client_reference_id: "order_1",
    },
  }));

/** A history of Stripe events, and two orders to deliver it in, with repeats. */
const deliveries = fc
  .array(fc.oneof(subscriptionEvent, invoiceEvent, checkoutEvent), { minLength: 1, maxLength: 9 })
  .map((history) =>
    history.map(({ type, created, object }, i) => ({ id: `evt_${i}`, type, created, data: { object } })),
  )
  .chain((history: StripeEvent[]) => {
    const repeated = [...history, ...history];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.record({ history: fc.constant(history), first: order, second: order });
  });

interface Outcome {
  subscriptions: unknown[];
  invoices: unknown[];
  checkouts: unknown[];
  published: { type: string; payload: Record<string, unknown> }[];
}

/** Delivers everything under a tenant of its own, some of it at the same time, and reads what came of it. */
async function deliver(events: StripeEvent[], atOnce: number): Promise<Outcome> {
  const organizationId = newId(Date.now());
  for (let i = 0; i < events.length; i += atOnce) {
    await Promise.all(events.slice(i, i + atOnce).map((event) => applyEvent(sql, organizationId, event)));
  }
  const [subscriptions, invoices, checkouts, published] = await Promise.all([
    sql`select status, cancel_at_period_end, state_at, event_id from billing_subscriptions where organization_id = ${organizationId}`,
    sql`select status, amount, attempt_count, state_at, event_id from billing_invoices where organization_id = ${organizationId}`,
    sql`select payment_status, order_id, state_at, event_id from billing_checkouts where organization_id = ${organizationId}`,
    sql<{ type: string; body: Buffer }[]>`
      select e.type, p.body from events e join event_payloads p on p.id = e.id where e.organization_id = ${organizationId}`,
  ]);
  const readable = published.map(({ type, body }) => ({ type, payload: JSON.parse(body.toString()) }));
  return {
    subscriptions: [...subscriptions],
    invoices: [...invoices],
    checkouts: [...checkouts],
    published: readable,
  };
}

const countOf = ({ published }: Outcome, type: string): number =>
  published.filter((event) => event.type === type).length;

const happened = (history: StripeEvent[], test: (event: StripeEvent) => boolean): number =>
  history.some(test) ? 1 : 0;

function expectPublishedOnce(outcome: Outcome, history: StripeEvent[]): void {
  const paidInvoice = happened(history, ({ type }) => type === "invoice.payment_succeeded");
  const paidOrder = happened(history, ({ data }) => data.object.payment_status === "paid");
  const ended = happened(history, ({ type }) => type === "customer.subscription.deleted");
  expect(countOf(outcome, "payment.succeeded")).toBe(paidInvoice + paidOrder);
  expect(countOf(outcome, "order.paid")).toBe(paidOrder);
  expect(countOf(outcome, "billing.subscription_cancelled")).toBe(ended);
  const failures = outcome.published.filter(({ type }) => type === "payment.failed");
  const told = failures.map(({ payload }) => `${payload.payment_id} ${payload.attempt_count}`);
  expect(new Set(told).size).toBe(told.length);
  for (const { type, payload } of outcome.published) {
    expect(eventTypes.get(type)?.schema.safeParse(payload).success).toBe(true);
  }
}

test("repeats, any order and concurrency end in the same billing state, and tell each fact once", async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ history, first, second }) => {
      const one = await deliver(first, 1);
      const other = await deliver(second, 4);
      expect({ ...other, published: [] }).toEqual({ ...one, published: [] });
      expectPublishedOnce(one, history);
      expectPublishedOnce(other, history);
    }),
    { numRuns: 40 },
  );
}, 120_000);
