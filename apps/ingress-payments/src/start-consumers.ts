import { type Consumption, consume } from "@carewire/bus";
import { mobileMoneyHintPayload, mtnMomoTopic, orangeMoneyTopic, stripeTopic } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import type { z } from "zod";
import { createApplyCheckout } from "./handlers/apply-checkout.ts";
import { createApplyInvoice } from "./handlers/apply-invoice.ts";
import { createApplySubscription } from "./handlers/apply-subscription.ts";
import { createTakeHint } from "./handlers/take-hint.ts";
import {
  checkoutEventSchema,
  invoiceEventSchema,
  subscriptionEventSchema,
} from "./providers/stripe/event-schemas.ts";
import { checkoutTypes, invoiceTypes, subscriptionTypes } from "./providers/stripe/stripe-topics.ts";

/** Starts this family's consumers; each runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions): Consumption[] {
  return [
    consume({
      ...shared,
      ...topicsOf(checkoutTypes, checkoutEventSchema),
      consumer: "ingress-payments.apply-checkout",
      handler: createApplyCheckout(shared),
    }),
    consume({
      ...shared,
      ...topicsOf(invoiceTypes, invoiceEventSchema),
      consumer: "ingress-payments.apply-invoice",
      handler: createApplyInvoice(shared),
    }),
    consume({
      ...shared,
      ...topicsOf(subscriptionTypes, subscriptionEventSchema),
      consumer: "ingress-payments.apply-subscription",
      handler: createApplySubscription(shared),
    }),
    consume({
      ...shared,
      consumer: "ingress-payments.take-hint",
      topics: [orangeMoneyTopic, mtnMomoTopic],
      schemas: new Map([orangeMoneyTopic, mtnMomoTopic].map((topic) => [topic, mobileMoneyHintPayload])),
      handler: createTakeHint(shared),
    }),
  ];
}

function topicsOf<Payload>(types: readonly string[], schema: z.ZodType<Payload>) {
  const topics = types.map((type) => stripeTopic(type));
  return { topics, schemas: new Map(topics.map((topic) => [topic, schema])) };
}
