import { createHash } from "node:crypto";
import {
  parseBodySecret,
  parseLiveKitSecret,
  parseMetaSecret,
  parseSigningSecret,
  parseStripeSecret,
  signLiveKit,
  signMeta,
  signPathTag,
  signStandardWebhook,
  signStripe,
  signTypeform,
} from "@carewire/verifiers";
import { CliError, exitCodes } from "../exit-codes.ts";
import { secretMask } from "../output/without-secrets.ts";

/** What signing a provider's request takes. */
export interface SigningInput {
  body: Buffer;
  /** Unique among this provider's requests. */
  messageId: string;
  nowSeconds: number;
  file: string;
  /** The payment that a callback is about. */
  reference: string;
  secret(name: string): string;
}

/** How a provider's requests reach us. */
export interface ProviderRoute {
  app: string;
  path(input: Pick<SigningInput, "reference" | "secret">): string;
  /** The same to be shown: without what proves where a request comes from. */
  shownPath(reference: string): string;
  contentType(file: string): string;
  headers(input: SigningInput): Record<string, string>;
}

/** The first of several secrets: the one a provider signs with. */
const firstOf = (list: string): string => list.split(",")[0]?.trim() ?? "";

function keyOf<Key>(name: string, parsed: { ok: true; key: Key } | { ok: false; detail: string }): Key {
  if (parsed.ok) return parsed.key;
  throw new CliError(`${name} cannot be used: ${parsed.detail}`, exitCodes.usage);
}

function standardHeaders(name: string, input: SigningInput, prefix: "webhook" | "svix") {
  const text = firstOf(input.secret(name)).replace(/^[a-z][a-z0-9-]*(?::standard)?=(?=whsec_)/, "");
  const parsed = parseSigningSecret(text);
  const key = keyOf(name, parsed);
  return {
    [`${prefix}-id`]: input.messageId,
    [`${prefix}-timestamp`]: String(input.nowSeconds),
    [`${prefix}-signature`]: signStandardWebhook(key, input.messageId, input.nowSeconds, input.body),
  };
}

const json = () => "application/json";

/** A path that proves nothing. */
const at = (path: string) => ({ path: () => path, shownPath: () => path });

/** Senders of mobile money sign nothing; the address that we gave them proves which payment it is about. */
const mobileMoney = (provider: string): ProviderRoute => ({
  app: "ingress-payments",
  shownPath: (reference) =>
    `/api/payments/webhooks/${provider}/${encodeURIComponent(reference)}/${secretMask}`,
  path({ reference, secret }) {
    const name = "MOBILE_MONEY_CALLBACK_SECRET";
    const tag = signPathTag(keyOf(name, parseBodySecret(firstOf(secret(name)))), [provider, reference]);
    return `/api/payments/webhooks/${provider}/${encodeURIComponent(reference)}/${tag}`;
  },
  contentType: json,
  headers: () => ({}),
});

export const providerRoutes: Record<string, ProviderRoute> = {
  stripe: {
    app: "ingress-payments",
    ...at("/api/webhooks/stripe"),
    contentType: json,
    headers: ({ secret, nowSeconds, body }) => {
      const name = "STRIPE_WEBHOOK_SECRET";
      return {
        "stripe-signature": signStripe(
          keyOf(name, parseStripeSecret(firstOf(secret(name)))),
          nowSeconds,
          body,
        ),
      };
    },
  },
  "orange-money": mobileMoney("orange-money"),
  "mtn-momo": mobileMoney("mtn-momo"),
  livekit: {
    app: "ingress-telemedicine",
    ...at("/api/webhooks/livekit"),
    contentType: () => "application/webhook+json",
    headers: ({ secret, nowSeconds, body }) => {
      const pair = `${firstOf(secret("LIVEKIT_API_KEY"))}:${firstOf(secret("LIVEKIT_API_SECRET"))}`;
      return {
        authorization: signLiveKit(keyOf("LIVEKIT_API_SECRET", parseLiveKitSecret(pair)), nowSeconds, body),
      };
    },
  },
  whatsapp: {
    app: "ingress-messaging",
    ...at("/webhook"),
    contentType: json,
    headers: ({ secret, body }) => {
      const name = "WHATSAPP_APP_SECRET";
      return { "x-hub-signature-256": signMeta(keyOf(name, parseMetaSecret(firstOf(secret(name)))), body) };
    },
  },
  resend: {
    app: "ingress-gtm",
    ...at("/api/gtm/webhooks/resend"),
    contentType: json,
    headers: (input) => standardHeaders("RESEND_WEBHOOK_SECRET", input, "svix"),
  },
  leads: {
    app: "ingress-gtm",
    ...at("/api/gtm/webhooks/inbound"),
    contentType: (file) =>
      file.endsWith(".urlencoded") ? "application/x-www-form-urlencoded" : "application/json",
    headers: (input) => {
      const name = "GTM_INBOUND_SECRET";
      if (!input.file.startsWith("typeform")) return standardHeaders(name, input, "webhook");
      return {
        "typeform-signature": signTypeform(
          keyOf(name, parseBodySecret(firstOf(input.secret(name)))),
          input.body,
        ),
      };
    },
  },
  emr: {
    app: "ingress-emr",
    ...at("/webhooks/emr/video-call-completed"),
    contentType: json,
    headers: (input) => standardHeaders("EMR_WEBHOOK_SECRET", input, "webhook"),
  },
  hl7v2: {
    app: "ingress-emr",
    ...at("/webhooks/emr/hl7v2"),
    contentType: () => "x-application/hl7-v2+er7",
    headers: (input) => standardHeaders("EMR_WEBHOOK_SECRET", input, "webhook"),
  },
  workforce: {
    app: "ingress-workforce",
    ...at("/api/workforce/webhooks/leave-approved"),
    contentType: json,
    headers: (input) => standardHeaders("WORKFORCE_WEBHOOK_SECRET", input, "webhook"),
  },
};

/** Letters and digits that look like an id, from what makes this request unique. */
export const idFrom = (seed: string, length: number): string =>
  createHash("sha256").update(seed).digest("hex").slice(0, length);
