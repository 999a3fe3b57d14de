import { z } from "zod";

/** An id, or the object itself when Stripe was asked to expand it. */
const reference = z
  .union([
    z.string(),
    z
      .object({ id: z.string() })
      .loose()
      .transform((object) => object.id),
  ])
  .nullish()
  .transform((id) => id ?? null);

const seconds = z.int().min(0).max(253_402_300_799);
/** An amount in the currency's smallest unit. */
const amount = z.int();

const eventOf = <T extends z.ZodType>(object: T) =>
  z
    .object({
      id: z.string(),
      type: z.string(),
      created: seconds,
      livemode: z.boolean().default(false),
      data: z.object({ object }).loose(),
    })
    .loose();

/** `checkout.session.*`: only what is read; events carry the endpoint's API version, so everything else may vary. */
export const checkoutEventSchema = eventOf(
  z
    .object({
      id: z.string(),
      payment_status: z.enum(["paid", "unpaid", "no_payment_required"]),
      amount_total: amount.nullish(),
      currency: z.string().nullish(),
      client_reference_id: z.string().nullish(),
      customer: reference,
      subscription: reference,
      invoice: reference,
      payment_intent: reference,
      metadata: z.record(z.string(), z.string()).nullish(),
    })
    .loose(),
);

/** `invoice.*`: the subscription moved from the top level to `parent.subscription_details` in 2025. */
export const invoiceEventSchema = eventOf(
  z
    .object({
      id: z.string(),
      amount_due: amount.nullish(),
      amount_paid: amount.nullish(),
      total: amount.nullish(),
      currency: z.string(),
      attempt_count: z.int().min(0).default(0),
      customer: reference,
      subscription: reference,
      parent: z
        .object({ subscription_details: z.object({ subscription: reference }).loose().nullish() })
        .loose()
        .nullish(),
    })
    .loose()
    .refine(
      (invoice) => [invoice.amount_due, invoice.amount_paid, invoice.total].some((value) => value != null),
      {
        message: "an invoice has an amount_due, amount_paid or total",
        path: ["total"],
      },
    ),
);

/** `customer.subscription.*`: the period moved from the subscription to its items in 2025. */
export const subscriptionEventSchema = eventOf(
  z
    .object({
      id: z.string(),
      status: z.string(),
      customer: reference.pipe(z.string()),
      cancel_at_period_end: z.boolean().default(false),
      current_period_end: seconds.nullish(),
      items: z
        .object({ data: z.array(z.object({ current_period_end: seconds.nullish() }).loose()) })
        .loose()
        .nullish(),
    })
    .loose(),
);

export type CheckoutEvent = z.infer<typeof checkoutEventSchema>;
export type InvoiceEvent = z.infer<typeof invoiceEventSchema>;
export type SubscriptionEvent = z.infer<typeof subscriptionEventSchema>;
