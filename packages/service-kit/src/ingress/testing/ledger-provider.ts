import { type HmacKey, parseStripeSecret, verifyStripe } from "@carewire/verifiers";
import type { InboundProvider } from "../provider.ts";

/** A provider for tests: signed as Stripe signs, one event per request, small limits. */
export const ledgerProvider: InboundProvider<HmacKey> = {
  provider: "ledger",
  path: "/hooks/ledger",
  methods: ["post", "put"],
  contentTypes: ["application/json"],
  bodyBytesMax: 4_096,
  keyTtlDays: 1,
  keptHeaders: ["x-ledger-version"],
  fallbackTopic: "cari.ledger.request_received",
  parseSecret: parseStripeSecret,
  verify: verifyStripe,
  toEnvelopes({ rawBody, body, nowMs }) {
    if (typeof body.id !== "string") return { ok: false, reason: "it has no id" };
    const entry = {
      topic: "cari.ledger.entry_booked",
      key: body.id,
      occurredAt: new Date(nowMs),
      payload: rawBody,
    };
    return { ok: true, externalId: body.id, envelopes: [entry] };
  },
};
