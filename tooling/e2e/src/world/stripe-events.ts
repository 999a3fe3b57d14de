const envelope = (id: string, type: string, object: object) => ({
  id,
  object: "event",
  api_version: "2026-10-28.endive",
  created: 1_767_225_600,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  data: { object },
});

/** `invoice.payment_failed` for an invoice named after the event. */
export const invoicePaymentFailed = (id: string) =>
  envelope(id, "invoice.payment_failed", {
    id: `in_${id}`,
    object: "invoice",
    amount_due: 2_900,
    amount_paid: 0,
    attempt_count: 1,
    currency: "usd",
    customer: "cus_Q1",
    status: "open",
    total: 2_900,
    parent: { type: "subscription_details", subscription_details: { subscription: "sub_1A", metadata: {} } },
  });

/** `checkout.session.completed`, paid, for the given order. */
export const checkoutCompleted = (id: string, orderId: string) =>
  envelope(id, "checkout.session.completed", {
    id: `cs_${id}`,
    object: "checkout.session",
    amount_total: 5_000,
    currency: "eur",
    payment_status: "paid",
    status: "complete",
    mode: "payment",
    client_reference_id: orderId,
    customer: "cus_Q1",
    payment_intent: `pi_${id}`,
    invoice: null,
    subscription: null,
    metadata: {},
  });
