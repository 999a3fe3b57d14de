import { z } from "zod";
import { defineEventType } from "./define.ts";
import { currency, foreignId } from "./fields.ts";

const paymentPayload = z.looseObject({
  payment_id: foreignId,
  customer_id: foreignId.optional(),
  /** In the currency's smallest unit when it comes from Stripe, in its main unit when from mobile money. */
  amount: z.number(),
  currency,
});

const example = { payment_id: "in_1001", customer_id: "cus_xyz", amount: 4200, currency: "usd" };

/** Seed 1, "Stripe Webhooks" and "Mobile Money Webhooks". */
export const paymentEventTypes = [
  defineEventType({
    type: "payment.succeeded",
    domain: "Payments",
    description: "money arrived",
    schema: paymentPayload,
    example,
  }),
  defineEventType({
    type: "payment.failed",
    domain: "Payments",
    description: "a payment was refused",
    schema: paymentPayload,
    example: { ...example, reason: "card_declined" },
  }),
  defineEventType({
    type: "payment.pending",
    domain: "Payments",
    description: "a payment waits for its payer, or its provider has not answered yet",
    schema: paymentPayload,
    example,
  }),
] as const;
