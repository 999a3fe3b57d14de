export type * from "./event-payloads.generated.ts";
export type {
  EventOf,
  EventPattern,
  KnownEventType,
  KnownWebhookEvent,
  PayloadFormat,
  Payloads,
  ThinData,
  WebhookEvent,
} from "./webhook-event.ts";
