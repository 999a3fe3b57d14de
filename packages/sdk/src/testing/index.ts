export type { EventPayloads } from "../events/event-payloads.generated.ts";
export { buildBody, type Parties, testParties } from "./build-body.ts";
export {
  buildEvent,
  type EventOverrides,
  type OverridesOf,
  type TestData,
  type TestEvent,
} from "./build-event.ts";
export {
  createFakeCarewire,
  type FakeCarewire,
  type FakeCarewireOptions,
} from "./fake/create-fake-carewire.ts";
export type { RetryRules } from "./fake/decide-next.ts";
export type { FakeAttempt, FakeDelivery } from "./fake/deliver-event.ts";
export type { FakeEndpoint } from "./fake/send-to.ts";
export type { DetailsRead } from "./fake/serve-details.ts";
export { type SignOptions, signWebhook } from "./sign-webhook.ts";
export {
  createTestWebhooks,
  newTestSecret,
  type TestWebhook,
  type TestWebhooks,
  type TestWebhooksOptions,
} from "./test-webhooks.ts";
