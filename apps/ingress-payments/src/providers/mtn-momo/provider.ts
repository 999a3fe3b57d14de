import { mtnMomoTopic } from "@carewire/envelope";
import { addressUnknown, type InboundProvider } from "@carewire/service-kit/ingress";
import { type HmacKey, parseBodySecret, verifyPathTag } from "@carewire/verifiers";
import { taggedParts } from "../../mobile-money/callback-address.ts";
import { parseLeniently } from "../../mobile-money/lenient-body.ts";
import { hintAnswerMs } from "../../mobile-money/map-hint.ts";
import { findPayment } from "../../mobile-money/payment-store.ts";
import { externalIdOf, toEnvelopes } from "./to-envelopes.ts";

/** MTN MoMo's callbacks: unsigned, by PUT or POST, and no more than a reason to ask. */
export const mtnMomoProvider: InboundProvider<HmacKey> = {
  provider: "mtn-momo",
  path: "/api/payments/webhooks/mtn-momo{/:reference/:tag}",
  methods: ["post", "put"],
  contentTypes: "any",
  bodyBytesMax: 64 * 1024,
  keyTtlDays: 8,
  keptHeaders: [],
  fallbackTopic: mtnMomoTopic,
  ratePerSecond: 100,
  answerTimeoutMs: hintAnswerMs,
  parseSecret: parseBodySecret,
  verify({ params, secrets }) {
    if (params.reference === undefined) return { ok: true, unproven: true };
    const verdict = verifyPathTag(secrets, taggedParts("mtn-momo", params.reference), params.tag ?? "");
    return verdict.ok ? verdict : { ok: false, code: addressUnknown };
  },
  parse: parseLeniently,
  toEnvelopes,
  async isKnown({ body, params = {} }, { sql, organizationId }) {
    if (params.reference !== undefined) {
      const name = { by: "reference", reference: params.reference } as const;
      return (await findPayment(sql, organizationId, "mtn-momo", name)) !== null;
    }
    const externalId = externalIdOf(body);
    if (externalId === null) return false;
    const name = { by: "external_id", external_id: externalId } as const;
    return (await findPayment(sql, organizationId, "mtn-momo", name)) !== null;
  },
};
