import { parseStripeSecret, signStripe, verifyStripe } from "@carewire/verifiers";
import type { BenchFamily } from "./family.ts";
import { createOneEventProvider } from "./one-event-provider.ts";
import { filledJson, nowSeconds, rawRequests } from "./raw-requests.ts";

const path = "/api/webhooks/stripe";

const stripeSecret = "whsec_bench_0123456789abcdefghijklmn";

export const payments: BenchFamily = {
  app: "ingress-payments",
  sender: "Stripe",
  env: { STRIPE_WEBHOOK_SECRET: stripeSecret, MOBILE_MONEY_CALLBACK_SECRET: "bench-callback-secret" },
  provider: createOneEventProvider({
    provider: "stripe",
    path,
    contentTypes: ["application/json"],
    bodyBytesMax: 1_048_576,
    keptHeaders: ["stripe-account", "stripe-version", "idempotency-key"],
    secret: stripeSecret,
    parseSecret: parseStripeSecret,
    verify: verifyStripe,
    keyOf: (body) => String(body.id),
  }),
  createRequests(count) {
    const parsed = parseStripeSecret(stripeSecret);
    if (!parsed.ok) throw new Error(parsed.detail);
    const seconds = nowSeconds();
    return rawRequests(path, count, (id) => {
      const body = filledJson((filler) => createEvent(`evt_${id}`, seconds, filler));
      const signature = signStripe(parsed.key, seconds, body);
      const contentType = "application/json; charset=utf-8";
      return {
        headers: {
          "content-type": contentType,
          "user-agent": "Stripe/1.0",
          "stripe-signature": signature,
        },
        body,
      };
    });
  },
};

const createEvent = (id: string, created: number, filler: string) => ({
  id,
  object: "event",
  api_version: "2025-09-30.clover",
  created,
  livemode: false,
  type: "invoice.payment_succeeded",
  data: { object: { id: `in_${id}`, object: "invoice", customer: "cus_bench", status: "paid", filler } },
});
