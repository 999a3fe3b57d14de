export { type UserCreatedPayload, userCreatedPayload } from "./catalog/auth.ts";
export { type LabResultReceivedPayload, labResultReceivedPayload } from "./catalog/clinical.ts";
export type { EventTypeEntry, PayloadSchema, TopicEntry } from "./catalog/define.ts";
export { type VideoCallCompletedPayload, videoCallCompletedPayload } from "./catalog/emr.ts";
export { type EventPayloads, eventTypes } from "./catalog/event-types.ts";
export {
  type EmailEventPayload,
  type EmailEventType,
  emailEventPayload,
  emailEvents,
  emailTopic,
  type LeadSubmittedPayload,
  leadSubmittedPayload,
  leadSubmittedTopic,
} from "./catalog/gtm.ts";
export {
  type MobileMoneyHintPayload,
  mobileMoneyHintPayload,
  mtnMomoTopic,
  orangeMoneyTopic,
} from "./catalog/mobile-money.ts";
export {
  isOperationalType,
  type OperationalPayloads,
  type OperationalType,
  operationalTypes,
} from "./catalog/operational.ts";
export { type MemberAddedPayload, memberAddedPayload } from "./catalog/organization.ts";
export { isPlatformType, isReservedType } from "./catalog/reserved.ts";
export { type StripeEventPayload, stripeEventPayload, stripeTopic } from "./catalog/stripe.ts";
export { liveKitTopic } from "./catalog/telemedicine.ts";
export { type ThinView, thinView } from "./catalog/thin-view.ts";
export { type TopicPayloads, topics } from "./catalog/topics.ts";
export { type LeaveApprovedPayload, leaveApprovedPayload, leaveDaysMax } from "./catalog/workforce.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type Envelope, envelopeSchema, eventTypePattern, topicPattern } from "./envelope.ts";
export { type Filter, filterLimits } from "./filter/filter.ts";
export { matchesFilter } from "./filter/matches-filter.ts";
export { type ParsedFilter, parseFilter } from "./filter/parse-filter.ts";
export type { FilterError } from "./filter/report.ts";
export {
  firstIdAt,
  type IdPrefix,
  idPrefixes,
  newId,
  parsePublicId,
  publicId,
  timestampOfId,
} from "./ids.ts";
export { isAhead } from "./is-ahead.ts";
