export { type Acceptor, type AcceptorOptions, CommitTimeout, createAcceptor } from "./accept.ts";
export { consumerShard } from "./consume/claim-deliveries.ts";
export type {
  ConsumedEnvelope,
  ConsumeOptions,
  ConsumerHandler,
  ConsumerLogger,
  Consumption,
  HandlerContext,
  SettledAttempt,
} from "./consume/consume-options.ts";
export { type ConsumerBackoff, defaultConsumerBackoff } from "./consume/decide-consumer-outcome.ts";
export { HandlerRefusal, type RefusalCause } from "./consume/handler-refusal.ts";
export { consume } from "./consume.ts";
export type { EventDraft } from "./event-draft.ts";
export { type OperationalNotice, operationalEvent, urlOrigin } from "./operational-event.ts";
export { createPublisher, type Publisher } from "./publish.ts";
export type {
  Acceptance,
  InboundRecord,
  ResourceDraft,
  Submission,
  SubmittedEvent,
} from "./submission.ts";
export {
  type DataKey,
  deadLetterAad,
  inboundBodyAad,
  payloadAad,
  resourceAad,
  type Vault,
} from "./vault.ts";
export { createWaker, type Waker, type Wakeup, wakeChannel } from "./waker.ts";
