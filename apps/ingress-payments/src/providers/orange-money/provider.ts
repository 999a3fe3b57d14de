import { orangeMoneyTopic } from "@carewire/envelope";
import { addressUnknown, type InboundProvider } from "@carewire/service-kit/ingress";
import { type HmacKey, parseBodySecret, verifyPathTag } from "@carewire/verifiers";
import { taggedParts } from "../../mobile-money/callback-address.ts";
import { parseLeniently } from "../../mobile-money/lenient-body.ts";
import { hashNotifToken, hintAnswerMs } from "../../mobile-money/map-hint.ts";
import { findPayment } from "../../mobile-money/payment-store.ts";
import { notifTokenOf, toEnvelopes } from "./to-envelopes.ts";

/** Orange Money's notifications: unsigned, sent once, and no more than a reason to ask. */
export const orangeMoneyProvider: InboundProvider<HmacKey> = {
  provider: "orange-money",
  path: "/api/payments/webhooks/orange-money{/:order/:tag}",
  methods: ["post", "put"],
  contentTypes: "any",
  bodyBytesMax: 64 * 1024,
  keyTtlDays: 8,
  keptHeaders: [],
  fallbackTopic: orangeMoneyTopic,
  ratePerSecond: 100,
  answerTimeoutMs: hintAnswerMs,
  parseSecret: parseBodySecret,
  verify({ params, secrets }) {
    if (params.order === undefined) return { ok: true, unproven: true };
    const verdict = verifyPathTag(secrets, taggedParts("orange-money", params.order), params.tag ?? "");
    return verdict.ok ? verdict : { ok: false, code: addressUnknown };
  },
  parse: parseLeniently,
  toEnvelopes,
  async isKnown({ body, params = {} }, { sql, organizationId }) {
    const token = notifTokenOf(body);
    const tokenHash = token === null ? null : hashNotifToken(token);
    if (params.order === undefined) {
      if (tokenHash === null) return false;
      const name = { by: "notif_token", notif_token_sha256: tokenHash.toString("hex") } as const;
      return (await findPayment(sql, organizationId, "orange-money", name)) !== null;
    }
    const name = { by: "reference", reference: params.order } as const;
    const payment = await findPayment(sql, organizationId, "orange-money", name);
    if (payment === null) return false;
    // Until the caller has told us the token, the address is all there is.
    if (payment.notif_token_hash === null) return true;
    return tokenHash !== null && payment.notif_token_hash.equals(tokenHash);
  },
};
