import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type LeadKey, parseLeadSecret } from "./lead-key.ts";
import { formContentTypes, parseLeadBody } from "./parse-lead-body.ts";
import { toEnvelopes } from "./to-envelopes.ts";
import { verifyLead } from "./verify-lead.ts";

/** Where form backends send what people fill in. */
export const leadsProvider: InboundProvider<LeadKey> = {
  provider: "leads",
  path: "/api/gtm/webhooks/inbound",
  methods: ["post"],
  contentTypes: formContentTypes,
  bodyBytesMax: 64 * 1024,
  // Most of these schemes sign no time: the keys are all that keeps repeats out.
  keyTtlDays: 8,
  keptHeaders: [],
  fallbackTopic: "cari.gtm.lead_request_received",
  // Forms are filled in by people; what exceeds this is a program.
  ratePerSecond: 50,
  parseSecret: parseLeadSecret,
  sourceOf: (key) => key.source,
  verify: verifyLead,
  parse: parseLeadBody,
  toEnvelopes,
};
