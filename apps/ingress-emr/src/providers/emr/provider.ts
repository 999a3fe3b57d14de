import type { InboundProvider } from "@carewire/service-kit/ingress";
import { parseVerifyingSecret, type VerifyingKey, verifyStandardWebhook } from "@carewire/verifiers";
import { recordedTopic } from "./emr-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

/** The EMR's completed video calls, signed by Standard Webhooks. */
export const emrProvider: InboundProvider<VerifyingKey> = {
  provider: "emr",
  path: "/webhooks/emr/video-call-completed",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 256 * 1024,
  keyTtlDays: 7,
  keptHeaders: ["webhook-id"],
  fallbackTopic: recordedTopic,
  parseSecret: parseVerifyingSecret,
  verify: verifyStandardWebhook,
  toEnvelopes,
};
