import type { InboundProvider } from "@carewire/service-kit/ingress";
import { parseVerifyingSecret, type VerifyingKey, verifyStandardWebhook } from "@carewire/verifiers";
import { toEnvelopes } from "./to-envelopes.ts";
import { recordedTopic } from "./workforce-topics.ts";

/** The workforce system's approved leave, signed by Standard Webhooks. */
export const workforceProvider: InboundProvider<VerifyingKey> = {
  provider: "workforce",
  path: "/api/workforce/webhooks/leave-approved",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 64 * 1024,
  keyTtlDays: 7,
  keptHeaders: ["webhook-id"],
  fallbackTopic: recordedTopic,
  parseSecret: parseVerifyingSecret,
  verify: verifyStandardWebhook,
  toEnvelopes,
};
