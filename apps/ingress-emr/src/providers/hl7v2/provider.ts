import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type EmrKey, parseEmrSecret } from "../../signing/emr-key.ts";
import { verifyEmrStandard } from "../../signing/verify-emr.ts";
import { recordedTopic } from "./hl7v2-topics.ts";
import type { AcceptedProcessing } from "./read-lab-message.ts";
import { hl7MediaType, replyTo } from "./reply.ts";
import { toEnvelopes } from "./to-envelopes.ts";

/** Laboratory results as HL7v2 over HTTP, signed by Standard Webhooks, answered with an HL7 ACK. */
export const createHl7v2Provider = ({
  processing,
}: {
  processing: AcceptedProcessing;
}): InboundProvider<EmrKey> => ({
  provider: "hl7v2",
  path: "/webhooks/emr/hl7v2",
  methods: ["post"],
  contentTypes: [hl7MediaType, "text/plain"],
  bodyBytesMax: 1024 * 1024,
  keyTtlDays: 7,
  keptHeaders: ["webhook-id"],
  fallbackTopic: recordedTopic,
  parseSecret: parseEmrSecret,
  verify: verifyEmrStandard,
  // The message itself is read by the mapper and for the answer.
  parse: () => ({ ok: true, body: {} }),
  isOneMessage: true,
  toEnvelopes: (request) => toEnvelopes(request, processing),
  reply: (verdict, request) => replyTo(verdict, request, processing),
});
