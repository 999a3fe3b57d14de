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
export { createSuspectTurn, type SuspectTurn } from "./consume/suspect-turn.ts";
export { consume } from "./consume.ts";
export { pauseConsumer, resumeConsumer } from "./consumers/pause-consumer.ts";
export { cancelOrphans, removeConsumer } from "./consumers/remove-consumer.ts";
export { type ReplayedTopic, replayTopic, type TopicReplay } from "./consumers/replay-topic.ts";
export { discardDeadLetters } from "./dead-letters/discard-dead-letters.ts";
export { reopenStranded } from "./dead-letters/reopen-stranded.ts";
export { resolveDeadLetter } from "./dead-letters/resolve-dead-letter.ts";
export { retryDeadLetters, type WantedRetry } from "./dead-letters/retry-dead-letters.ts";
export type { EventDraft } from "./event-draft.ts";
export { type OperationalNotice, operationalEvent, urlOrigin } from "./operational-event.ts";
export { createPublisher, type Publisher } from "./publish.ts";
export { lockObject } from "./state/lock-object.ts";
export { type Position, takesPrecedence } from "./state/precedence.ts";
export { type PublicEvent, toDrafts } from "./state/public-event.ts";
export type {
  Acceptance,
  InboundRecord,
  ResourceDraft,
  Submission,
  SubmittedEvent,
} from "./submission.ts";
export {
  correctionAad,
  type DataKey,
  deadLetterAad,
  inboundBodyAad,
  payloadAad,
  resourceAad,
  type Vault,
} from "./vault.ts";
export { createWaker, type Waker, type Wakeup, wakeChannel } from "./waker.ts";
