export type { WebhookRefusalCode } from "./refusal-messages.ts";
export { verify, verifyAsync } from "./verify.ts";
export type {
  RawBody,
  RefusedWebhook,
  VerifiedWebhook,
  VerifyOptions,
  VerifyResult,
  WebhookScheme,
  WebhookSecrets,
} from "./verify-result.ts";
export type { WebhookHeaders } from "./webhook-headers.ts";
