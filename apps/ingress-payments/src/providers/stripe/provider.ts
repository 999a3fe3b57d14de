import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type HmacKey, parseStripeSecret, verifyStripe } from "@carewire/verifiers";
import { recordedTopic } from "./stripe-topics.ts";
import { type AcceptedMode, toEnvelopes } from "./to-envelopes.ts";

/** Stripe's webhook endpoint. `mode`: whether test-mode events may have an effect. */
export const createStripeProvider = ({ mode }: { mode: AcceptedMode }): InboundProvider<HmacKey> => ({
  provider: "stripe",
  path: "/api/webhooks/stripe",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 1024 * 1024,
  // Stripe retries for 3 days and lets people resend an event for 30.
  keyTtlDays: 31,
  keptHeaders: ["stripe-account", "stripe-version", "idempotency-key"],
  fallbackTopic: recordedTopic,
  parseSecret: parseStripeSecret,
  verify: verifyStripe,
  toEnvelopes: (request) => toEnvelopes(request, mode),
});
