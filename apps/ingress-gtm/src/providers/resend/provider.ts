import type { InboundProvider } from "@carewire/service-kit/ingress";
import { parseVerifyingSecret, verifyStandardWebhook } from "@carewire/verifiers";
import { recordedTopic } from "./resend-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

/** Resend's webhook endpoint: Svix headers, which are those of Standard Webhooks under another name. */
export const resendProvider: InboundProvider = {
  provider: "resend",
  path: "/api/gtm/webhooks/resend",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 256 * 1024,
  // Resend retries for a day and a half, and lets people send a message again.
  keyTtlDays: 8,
  keptHeaders: [],
  fallbackTopic: recordedTopic,
  parseSecret: parseVerifyingSecret,
  verify: verifyStandardWebhook,
  toEnvelopes,
};
