import { type Position, takesPrecedence } from "@carewire/bus";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkoutEventSchema,
  invoiceEventSchema,
  subscriptionEventSchema,
} from "../providers/stripe/event-schemas.ts";
import { changeCheckout, readCheckout } from "./checkout-state.ts";
import { changeInvoice, readInvoice } from "./invoice-state.ts";
import { changeSubscription, readSubscription } from "./subscription-state.ts";

const startSeconds = 1_767_225_600;
const eventOf = (type: string, object: object, more: object = {}) => ({
  id: "evt_1",
  type,
  created: startSeconds,
  livemode: true,
  data: { object },
  ...more,
});

describe("precedence", () => {
  const position: fc.Arbitrary<Position> = fc.record({
    finality: fc.integer({ min: 0, max: 2 }),
    stateAt: fc.integer({ min: 0, max: 2 }).map((seconds) => new Date(seconds * 1_000)),
    eventId: fc.constantFrom("evt_a", "evt_b", "evt_c"),
  });

  test("is a strict total order: of two different positions exactly one wins, and winning is transitive", () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        const same = a.finality === b.finality && +a.stateAt === +b.stateAt && a.eventId === b.eventId;
        expect(takesPrecedence(a, b) !== takesPrecedence(b, a)).toBe(!same);
        if (takesPrecedence(a, b) && takesPrecedence(b, c)) expect(takesPrecedence(a, c)).toBe(true);
      }),
    );
  });
});

describe("a checkout session", () => {
  const session = {
    id: "cs_1",
    payment_status: "paid",
    amount_total: 5_000,
    currency: "eur",
    client_reference_id: "order_1",
  };
  const read = (object: object, type = "checkout.session.completed", more = {}) =>
    readCheckout(checkoutEventSchema.parse(eventOf(type, object, more)));
  const tell = (object: object, type?: string) => {
    const { state, facts } = read(object, type);
    return changeCheckout(null, state, facts).events;
  };

  test("that is paid tells the payment and the order, amounts in the smallest unit", () => {
    const [payment, order] = tell({ ...session, customer: "cus_1", payment_intent: "pi_1" });
    expect(payment).toMatchObject({
      type: "payment.succeeded",
      subject: "pi_1",
      data: { payment_id: "pi_1", amount: 5_000, currency: "eur", livemode: true },
    });
    expect(order).toMatchObject({
      type: "order.paid",
      subject: "order_1",
      data: { order_id: "order_1", customer_id: "cus_1", amount: 5_000, currency: "eur" },
    });
  });

  test.each([
    ["completed but unpaid tells nothing yet", { ...session, payment_status: "unpaid" }, []],
    ["that needed no payment tells nothing", { ...session, payment_status: "no_payment_required" }, []],
    [
      "of a subscription leaves the payment to its invoice",
      { ...session, subscription: "sub_1" },
      ["order.paid"],
    ],
    [
      "without an order tells the payment only",
      { ...session, client_reference_id: null },
      ["payment.succeeded"],
    ],
    [
      "with its order in the metadata tells it",
      { ...session, client_reference_id: null, metadata: { order_id: "o" } },
      ["payment.succeeded", "order.paid"],
    ],
  ])("%s", (_name, object, types) => {
    expect(tell(object).map((event) => event.type)).toEqual(types);
  });

  test("whose delayed payment failed tells the failure, and a success that overtook it stands", () => {
    const failed = read({ ...session, payment_status: "unpaid" }, "checkout.session.async_payment_failed");
    expect(changeCheckout(null, failed.state, failed.facts).events.map((event) => event.type)).toEqual([
      "payment.failed",
    ]);
    const paid = read(session, "checkout.session.async_payment_succeeded");
    expect(changeCheckout(paid.state, failed.state, failed.facts)).toEqual({ state: null, events: [] });
  });

  test("of a guest names the session as the customer", () => {
    expect(tell({ ...session, customer: null })[1]?.data.customer_id).toBe("cs_1");
  });
});

describe("an invoice", () => {
  const invoice = {
    id: "in_1",
    customer: { id: "cus_1" },
    currency: "usd",
    amount_due: 2_900,
    amount_paid: 2_900,
    attempt_count: 1,
  };
  const read = (type: string, more: object = {}, event: object = {}) =>
    readInvoice(invoiceEventSchema.parse(eventOf(type, { ...invoice, ...more }, event)));

  test.each([
    ["under its parent", { parent: { subscription_details: { subscription: "sub_1" } } }, "sub_1"],
    ["at the top level, as older API versions have it", { subscription: "sub_1" }, "sub_1"],
    ["expanded", { subscription: { id: "sub_1", object: "subscription" } }, "sub_1"],
    ["nowhere", { parent: null }, null],
  ])("has its subscription %s", (_name, more, expected) => {
    expect(read("invoice.payment_succeeded", more).stripeSubscriptionId).toBe(expected);
  });

  test("tells each failed attempt once, and nothing that arrives after the payment", () => {
    const first = read("invoice.payment_failed", {}, { id: "evt_1" });
    const repeat = read("invoice.payment_failed", {}, { id: "evt_2", created: startSeconds + 1 });
    const second = read(
      "invoice.payment_failed",
      { attempt_count: 2 },
      { id: "evt_3", created: startSeconds + 2 },
    );
    const paid = read("invoice.payment_succeeded", { attempt_count: 3 }, { id: "evt_0" });
    expect(changeInvoice(null, first, true).events).toMatchObject([
      { type: "payment.failed", data: { attempt_count: 1 } },
    ]);
    expect(changeInvoice(first, repeat, true).events).toEqual([]);
    expect(changeInvoice(first, second, true).events).toMatchObject([{ data: { attempt_count: 2 } }]);
    expect(changeInvoice(second, paid, true).events).toMatchObject([
      { type: "payment.succeeded", data: { amount: 2_900 } },
    ]);
    expect(changeInvoice(paid, second, true)).toEqual({ state: null, events: [] });
  });

  test("keeps its latest attempt, even when an earlier one claims a later time", () => {
    const second = read("invoice.payment_failed", { attempt_count: 2 }, { id: "evt_1" });
    const first = read(
      "invoice.payment_failed",
      { attempt_count: 1 },
      { id: "evt_2", created: startSeconds + 9 },
    );
    expect(changeInvoice(second, first, true)).toEqual({ state: null, events: [] });
  });

  test("without any amount is refused by the schema", () => {
    const bare = { id: "in_1", currency: "usd" };
    expect(invoiceEventSchema.safeParse(eventOf("invoice.payment_failed", bare)).success).toBe(false);
  });
});

describe("a subscription", () => {
  const read = (more: object = {}, type = "customer.subscription.updated", event: object = {}) =>
    readSubscription(
      subscriptionEventSchema.parse(
        eventOf(type, { id: "sub_1", status: "active", customer: "cus_1", ...more }, event),
      ),
    );

  test.each([
    [
      "on its items",
      { items: { data: [{ current_period_end: startSeconds }, { current_period_end: startSeconds + 9 }] } },
      startSeconds + 9,
    ],
    ["at the top level, as older API versions have it", { current_period_end: startSeconds }, startSeconds],
    ["nowhere", {}, null],
  ])("has the end of its period %s", (_name, more, seconds) => {
    expect(read(more).currentPeriodEnd?.getTime() ?? null).toBe(seconds && seconds * 1_000);
  });

  test("that was deleted has ended, stays so, and is told once", () => {
    const ended = read({}, "customer.subscription.deleted", { id: "evt_2" });
    expect(changeSubscription(read(), ended, true).events).toMatchObject([
      { type: "billing.subscription_cancelled", data: { subscription_id: "sub_1", status: "canceled" } },
    ]);
    const late = read({ status: "past_due" }, "customer.subscription.updated", {
      id: "evt_3",
      created: startSeconds + 60,
    });
    expect(changeSubscription(ended, late, true)).toEqual({ state: null, events: [] });
    const again = read({ status: "canceled" }, "customer.subscription.updated", {
      id: "evt_4",
      created: startSeconds + 60,
    });
    expect(changeSubscription(ended, again, true).events).toEqual([]);
  });

  test("is told when something subscribers see changed, and not otherwise", () => {
    const later = { id: "evt_2", created: startSeconds + 1 };
    const unchanged = read({ metadata: { note: "new" } }, "customer.subscription.updated", later);
    expect(changeSubscription(read(), unchanged, true)).toMatchObject({ state: unchanged, events: [] });
    const changed = read({ cancel_at_period_end: true }, "customer.subscription.updated", later);
    expect(changeSubscription(read(), changed, true).events).toMatchObject([
      { type: "billing.subscription_updated" },
    ]);
  });
});
