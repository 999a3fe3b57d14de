import { Webhook } from "standardwebhooks";
import type { SignedRequest } from "./sign-stripe-request.ts";

export interface StandardWebhookOptions {
  /** `whsec_…` */
  secret: string;
  id: string;
  nowMs: number;
  /** Default: JSON. */
  contentType?: string;
}

/** Builds a webhook request signed at `nowMs` by the reference library of Standard Webhooks. */
export function signStandardWebhookRequest(
  body: string | object,
  { secret, id, nowMs, contentType = "application/json" }: StandardWebhookOptions,
): SignedRequest {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  return {
    headers: {
      "content-type": contentType,
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(nowMs / 1_000)),
      "webhook-signature": new Webhook(secret).sign(id, new Date(nowMs), payload),
    },
    body: Buffer.from(payload),
  };
}
