import type { AdminSession, dlqContract } from "@carewire/contracts";
import type { Answer, Input } from "@carewire/ui";

/** The routes of dlq-admin, as the contract types them. */
export type Routes = typeof dlqContract;

export type Session = AdminSession;
export type User = NonNullable<Session["user"]>;
export type Overview = Answer<Routes["overview"]["get"]>;
export type DeadLetter = Answer<Routes["deadLetters"]["list"]>["data"][number];
export type DeadLetterDetail = Answer<Routes["deadLetters"]["get"]>;
export type DeadLetterGroup = Answer<Routes["deadLetters"]["groups"]>["data"][number];
export type BulkJob = Answer<Routes["bulkJobs"]["list"]>["data"][number];
export type JobRequest = Input<Routes["bulkJobs"]["create"]>["body"];
export type InboundRequest = Answer<Routes["inboundRequests"]["list"]>["data"][number];
export type InboundRequestDetail = Answer<Routes["inboundRequests"]["get"]>;
export type Subscription = Answer<Routes["subscriptions"]["list"]>["data"][number];
export type SubscriptionDetail = Answer<Routes["subscriptions"]["get"]>;
export type Delivery = Answer<Routes["deliveries"]["list"]>["data"][number];
export type DeliveryDetail = Answer<Routes["deliveries"]["get"]>;
export type Attempt = DeliveryDetail["attempt_history"][number];
export type Consumer = Answer<Routes["consumers"]["list"]>["data"][number];
export type AuditEntry = Answer<Routes["audit"]["list"]>["data"][number];
export type AuditVerdict = Answer<Routes["audit"]["verify"]>;
export type LineageChain = Answer<Routes["lineage"]["get"]>;
