export {
  bodyOf,
  buildEvent,
  buildTail,
  type EventContent,
  type OutgoingEvent,
  type PayloadFormat,
} from "./message/build-body.ts";
export {
  type CustomHeaders,
  customHeaders,
  mask,
  noCustomHeaders,
  withoutSecrets,
} from "./message/custom-headers.ts";
export { openedJson } from "./message/opened-json.ts";
export { headerLines, outgoingHeaders } from "./message/outgoing-headers.ts";
export { attemptRecord, type FinishedAttempt } from "./outcome/attempt-record.ts";
export { exhaustedEvent } from "./outcome/exhausted-event.ts";
export { type NetworkFault, outcomeClass, type SendOutcome } from "./outcome/send-outcome.ts";
export { type Decision, type DeliveryPolicy, decide } from "./policy/decide.ts";
export { decideProbe } from "./policy/decide-probe.ts";
export { parseRetryAfterMs } from "./policy/retry-after.ts";
export { defaultRetryScheduleMs } from "./policy/retry-schedule.ts";
export { loadSubscriptions, type SubscriptionRow } from "./store/load-subscriptions.ts";
export { type AttemptRecord, recordAttempts } from "./store/record.ts";
export { lockLeased, recordAnnounced } from "./store/record-announced.ts";
export { streamShard } from "./store/stream-shard.ts";
export { openHeaders } from "./target/open-headers.ts";
export { openSigner } from "./target/open-signer.ts";
