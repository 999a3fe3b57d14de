import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId, moment } from "./fields.ts";

const billingSubscriptionPayload = z.looseObject({
  subscription_id: foreignId,
  customer_id: foreignId,
  status: z.string().min(1).max(64),
  current_period_end: moment.nullish(),
  cancel_at_period_end: z.boolean().optional(),
});

const example = {
  subscription_id: "sub_1001",
  customer_id: "cus_xyz",
  status: "active",
  current_period_end: "2026-02-01T00:00:00Z",
  cancel_at_period_end: false,
};

export const billingEventTypes = [
  defineEventType({
    type: "billing.subscription_updated",
    domain: "Billing",
    description: "a paid subscription changed",
    schema: billingSubscriptionPayload,
    example,
  }),
  defineEventType({
    type: "billing.subscription_cancelled",
    domain: "Billing",
    description: "a paid subscription ended",
    schema: billingSubscriptionPayload,
    example: { ...example, status: "canceled" },
  }),
] as const;
