import { type Consumption, consume } from "@carewire/bus";
import {
  type EmailEventPayload,
  emailEventPayload,
  type LeadSubmittedPayload,
  leadSubmittedPayload,
  leadSubmittedTopic,
} from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createApplyEmail } from "./handlers/apply-email.ts";
import { createApplyLead } from "./handlers/apply-lead.ts";
import type { SpamRules } from "./leads/find-spam.ts";
import { handledTopics } from "./providers/resend/resend-topics.ts";

/** How many consumers `startConsumers` starts. */
export const consumersMax = 2;

/** Starts this family's consumers; each runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions, spamRules: SpamRules): Consumption[] {
  return [
    consume<EmailEventPayload>({
      ...shared,
      consumer: "ingress-gtm.apply-email",
      topics: [...handledTopics],
      schemas: new Map(handledTopics.map((topic) => [topic, emailEventPayload])),
      handler: createApplyEmail(shared),
    }),
    consume<LeadSubmittedPayload>({
      ...shared,
      consumer: "ingress-gtm.apply-lead",
      topics: [leadSubmittedTopic],
      schemas: new Map([[leadSubmittedTopic, leadSubmittedPayload]]),
      handler: createApplyLead({ ...shared, spamRules }),
    }),
  ];
}
