import type { z } from "zod";
import { authTopics } from "./auth.ts";
import { clinicalTopics } from "./clinical.ts";
import type { TopicEntry } from "./define.ts";
import { emrTopics } from "./emr.ts";
import { gtmTopics } from "./gtm.ts";
import { messagingTopics } from "./messaging.ts";
import { mobileMoneyTopics } from "./mobile-money.ts";
import { organizationTopics } from "./organization.ts";
import { schedulingTopics } from "./scheduling.ts";
import { stripeTopics } from "./stripe.ts";
import { telemedicineTopics } from "./telemedicine.ts";
import { workforceTopics } from "./workforce.ts";

const entries = [
  ...authTopics,
  ...clinicalTopics,
  ...emrTopics,
  ...gtmTopics,
  ...messagingTopics,
  ...mobileMoneyTopics,
  ...organizationTopics,
  ...schedulingTopics,
  ...stripeTopics,
  ...telemedicineTopics,
  ...workforceTopics,
] as const;

/** Every internal topic by name: what travels between services, and what its payload must have. */
export const topics: ReadonlyMap<string, TopicEntry> = new Map(
  entries.map((entry: TopicEntry) => [entry.topic, entry]),
);

/** The payload type of each internal topic. */
export type TopicPayloads = {
  [Entry in (typeof entries)[number] as Entry["topic"]]: z.infer<Entry["schema"]>;
};
