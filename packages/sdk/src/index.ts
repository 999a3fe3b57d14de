export type { WebhookRefusalCode } from "./refusal-messages.ts";
export {
  type RefusedWebhook,
  type VerifiedWebhook,
  type VerifyOptions,
  type VerifyResult,
  verify,
  type WebhookScheme,
} from "./verify.ts";
export type { WebhookHeaders } from "./webhook-headers.ts";
