export { type EventuallyOptions, eventually } from "./eventually.ts";
export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";
export type { Answer, AnswerScript } from "./receiver-answer.ts";
export type { RecordedRequest } from "./recorded-request.ts";
export { type SignedRequest, signStripeRequest } from "./sign-stripe-request.ts";
export type { Migrations } from "./template-database.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
