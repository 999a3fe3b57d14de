import { z } from "zod";
import { defineTopic } from "./define.ts";

/**
 * A Stripe event as Stripe sent it. Only what every event has is required: the handlers read the object inside,
 * whose shape follows the account's API version.
 */
export const stripeEventPayload = z.looseObject({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.number().int().nonnegative(),
  data: z.looseObject({ object: z.looseObject({}) }),
});

export type StripeEventPayload = z.infer<typeof stripeEventPayload>;

/**
 * The topic a Stripe event type travels under: `invoice.payment_failed` becomes
 * `cari.payments.stripe_invoice_payment_failed`.
 */
export function stripeTopic<Type extends string>(type: Type): StripeTopic<Type> {
  return `cari.payments.stripe_${type.replaceAll(".", "_")}` as StripeTopic<Type>;
}

type Underscored<Text extends string> = Text extends `${infer Head}.${infer Tail}`
  ? `${Head}_${Underscored<Tail>}`
  : Text;
export type StripeTopic<Type extends string> = `cari.payments.stripe_${Underscored<Type>}`;

/** 2026-01-01T00:00:00Z, so that samples never change. */
const sampleCreatedSeconds = 1_767_225_600;

const stripeEntry = <Type extends string>(type: Type, description: string, object: Record<string, unknown>) =>
  defineTopic({
    topic: stripeTopic(type),
    description,
    schema: stripeEventPayload,
    sample: {
      id: "evt_1SampleCarewire",
      object: "event",
      type,
      created: sampleCreatedSeconds,
      livemode: false,
      data: { object },
    },
  });

const session = {
  id: "cs_test_sample",
  object: "checkout.session",
  customer: "cus_xyz",
  client_reference_id: "order_1001",
  amount_total: 4200,
  currency: "usd",
};
const invoice = {
  id: "in_sample",
  object: "invoice",
  customer: "cus_xyz",
  currency: "usd",
  attempt_count: 1,
};
const subscription = { id: "sub_sample", object: "subscription", customer: "cus_xyz" };

export const stripeTopics = [
  stripeEntry("checkout.session.completed", "A customer finished a checkout.", {
    ...session,
    payment_status: "paid",
  }),
  stripeEntry("checkout.session.async_payment_succeeded", "A checkout's delayed payment arrived.", {
    ...session,
    payment_status: "paid",
  }),
  stripeEntry("checkout.session.async_payment_failed", "A checkout's delayed payment failed.", {
    ...session,
    payment_status: "unpaid",
  }),
  stripeEntry("invoice.payment_succeeded", "An invoice was paid.", {
    ...invoice,
    amount_paid: 4200,
    status: "paid",
  }),
  stripeEntry("invoice.payment_failed", "An invoice's payment failed.", {
    ...invoice,
    amount_due: 4200,
    status: "open",
  }),
  stripeEntry("customer.subscription.updated", "A subscription changed.", {
    ...subscription,
    status: "active",
  }),
  stripeEntry("customer.subscription.deleted", "A subscription ended.", {
    ...subscription,
    status: "canceled",
  }),
] as const;
