import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type HmacKey, parseMetaSecret, verifyMeta, verifyMetaChallenge } from "@carewire/verifiers";
import { toEnvelopes } from "./to-envelopes.ts";
import { recordedTopic } from "./whatsapp-topics.ts";

export interface WhatsAppOptions {
  /** What Meta must show when it asks whether the address is ours; several while it is being changed. */
  verifyTokens: readonly string[];
  /** Our phone numbers; none: every number of the Meta app is ours. */
  phoneNumberIds: readonly string[];
}

/** Meta's webhook of the WhatsApp Cloud API. */
export function createWhatsAppProvider(options: WhatsAppOptions): InboundProvider<HmacKey> {
  const ours = new Set(options.phoneNumberIds);
  const isOurs = (phoneNumberId: string) => ours.size === 0 || ours.has(phoneNumberId);
  return {
    provider: "whatsapp",
    path: "/webhook",
    methods: ["post"],
    contentTypes: ["application/json"],
    // Meta sends up to 3 MB.
    bodyBytesMax: 4 * 1024 * 1024,
    // Meta retries for 7 days, and its signature holds no time: the keys are all that keeps repeats out.
    keyTtlDays: 8,
    keptHeaders: [],
    fallbackTopic: recordedTopic,
    parseSecret: parseMetaSecret,
    verify: verifyMeta,
    toEnvelopes: (request) => toEnvelopes(request, isOurs),
    challenge: (query) => verifyMetaChallenge(query, options.verifyTokens),
  };
}
