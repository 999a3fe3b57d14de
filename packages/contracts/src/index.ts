export {
  accessLinkSecondsDefault,
  type CreateAccessLink,
  liveAccessLinksMax,
} from "./access-links.ts";
export { type Account, accountsMax } from "./accounts.ts";
export { adminAttemptsMax } from "./admin-deliveries.ts";
export { inboundVerdicts } from "./admin-inbound.ts";
export {
  type AdminOverview,
  overviewBreakersMax,
  overviewHoursMax,
  overviewSourcesMax,
  sourceHealths,
} from "./admin-overview.ts";
export { type AdminRole, adminRoleScopes, adminRoles } from "./admin-roles.ts";
export { type AdminSession, adminSessionContract } from "./admin-session.ts";
export { adminSampleMax } from "./admin-subscriptions.ts";
export type { ApiKey, CreateApiKey } from "./api-keys.ts";
export { verifiedEntriesMax } from "./audit.ts";
export {
  type EkaError,
  type EkaRegister,
  type EkaUpdate,
  type EkaWebhook,
  ekaEventNamesOf,
  ekaWebhooksMax,
} from "./compat-eka.ts";
export {
  type MycureError,
  type MycureWebhookEvent,
  mycureEventOf,
  mycurePing,
} from "./compat-mycure.ts";
export { apiContract } from "./contract.ts";
export { type Customer, customerAddressesMax, type PutCustomer } from "./customers.ts";
export {
  type DeliveryStatus,
  type DeliveryTrigger,
  deliveryStatuses,
  deliveryTriggers,
  responseClasses,
} from "./deliveries.ts";
export {
  bulkDeadLettersMax,
  type DeadLetterFilter,
  type DeadLetterView,
  deadLetterGroupsMax,
  deadLetterStatuses,
} from "./dlq.ts";
export { type ReplayTopicRequest, waitingCountMax } from "./dlq-consumers.ts";
export { dlqContract } from "./dlq-contract.ts";
export {
  type BulkJob,
  type CreateBulkJob,
  jobActions,
  jobDeadLettersMax,
  jobStatuses,
  runningJobsMax,
} from "./dlq-jobs.ts";
export type { DoctorCheck } from "./doctor.ts";
export { type PublishEnvelope, publishEnvelopeSchema } from "./envelopes.ts";
export {
  type CreateEventType,
  type EventTypeList,
  type EventTypeView,
  eventTypeJsonCharactersMax,
  ownEventTypesCharactersMax,
  ownEventTypesMax,
  type UpdateEventType,
} from "./event-types.ts";
export {
  batchBytesMax,
  batchEventsMax,
  eventBytesMax,
  lineageItemsMax,
  type PublishEvent,
  type PublishedEvent,
  publishEventSchema,
  type RefusedEvent,
  resourceKindPattern,
} from "./events.ts";
export { type Lead, type LeadDetail, leadStatuses } from "./leads.ts";
export { listLimitDefault, listLimitMax } from "./list.ts";
export {
  type Payment,
  paymentsContract,
  type RegisterMtnMomo,
  type RegisterOrangeMoney,
} from "./payments.ts";
export { type Problem, problemSchema } from "./problem.ts";
export {
  type Replay,
  type ReplayFilter,
  replayKinds,
  replayStatuses,
  replayTotalKinds,
  replayWindowDaysMax,
  runningReplaysMax,
} from "./replays.ts";
export { type RouteMetadata, type Scope, scopes } from "./scopes.ts";
export { type Caller, callerSchema } from "./sessions.ts";
export {
  answerBytesMax,
  type ReportedOutcome,
  type StreamDelivery,
  streamDeliverySchema,
  streamQuerySchema,
} from "./streams.ts";
export { type TailMessage, tailMessageSchema, tailQuerySchema } from "./streams-tail.ts";
export {
  type CreateSubscription,
  createSubscriptionSchema,
  type KeyType,
  type SignatureScheme,
  type Subscription,
  type UpdateSubscription,
  updateSubscriptionSchema,
} from "./subscriptions.ts";
export type { ClientCertificate, EndpointAuth } from "./subscriptions-credentials.ts";
export { isSensitiveHeader } from "./subscriptions-headers.ts";
export { pingEventType, probesPerMinute } from "./subscriptions-probes.ts";
export { statsDeliveriesMax, statsWaitingMax } from "./subscriptions-stats.ts";
export { type ConnectionCheck, urlChecksPerMinute } from "./subscriptions-url-check.ts";
