import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type EmrKey, parseEmrSecret } from "../../signing/emr-key.ts";
import { verifyEmr } from "../../signing/verify-emr.ts";
import { recordedTopic } from "./emr-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

/** The EMR's completed video calls, signed by Standard Webhooks, or by `X-EMR-Signature`. */
export const emrProvider: InboundProvider<EmrKey> = {
  provider: "emr",
  path: "/webhooks/emr/video-call-completed",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 256 * 1024,
  keyTtlDays: 7,
  keptHeaders: ["webhook-id"],
  fallbackTopic: recordedTopic,
  parseSecret: parseEmrSecret,
  verify: verifyEmr,
  toEnvelopes,
};
