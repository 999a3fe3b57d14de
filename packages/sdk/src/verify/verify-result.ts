import { refusalMessages, type WebhookRefusalCode } from "./refusal-messages.ts";

/**
 * How a request is signed. `standard-webhooks`: `webhook-*` headers; `svix`: the same under `svix-*`; `eka`:
 * `Eka-Webhook-Signature: t=…,v1=…`.
 */
export type WebhookScheme = "standard-webhooks" | "svix" | "eka";

/** Whether a text names a scheme; callers in JavaScript may have misspelt it. */
export const isWebhookScheme = (scheme: string): scheme is WebhookScheme =>
  scheme === "standard-webhooks" || scheme === "svix" || scheme === "eka";

/**
 * `scheme`: the one scheme to accept (default: the one whose headers are there). `toleranceSeconds`: how far the
 * signature's timestamp may be from now, in both directions (default 300, and 180 for `eka`). `now`: the current time as
 * a Date or in milliseconds (default: the clock).
 */
export interface VerifyOptions {
  scheme?: WebhookScheme | undefined;
  toleranceSeconds?: number | undefined;
  now?: Date | number | undefined;
}

/** A body exactly as it arrived. */
export type RawBody = string | Uint8Array | ArrayBuffer;

/** One secret, or several during a rotation. */
export type WebhookSecrets = string | readonly string[] | undefined;

/** A genuine request. */
export interface VerifiedWebhook {
  ok: true;
  /**
   * The same on every attempt and replay: deduplicate by it. Under `eka` it is the signed body's `transaction_id` (or
   * `id`; a `flat` body has neither, its fields are the payload's own), else the `webhook-id` header, which Eka's scheme
   * does not sign, else made of the body's hash.
   */
  id: string;
  /** When this attempt was signed, in Unix seconds. */
  timestampSeconds: number;
  scheme: WebhookScheme;
  /** Which of the given secrets matched. */
  matchedSecretIndex: number;
}

/** A request that must not be trusted. `message` is safe to log: it holds nothing of the request. */
export interface RefusedWebhook {
  ok: false;
  code: WebhookRefusalCode;
  message: string;
}

/** What `verify` and `verifyAsync` return. */
export type VerifyResult = VerifiedWebhook | RefusedWebhook;

/** Builds a {@link RefusedWebhook}; `detail` goes behind the code's own message. */
export function refuseWebhook(code: WebhookRefusalCode, detail = ""): RefusedWebhook {
  return { ok: false, code, message: `${refusalMessages[code]}${detail}` };
}
