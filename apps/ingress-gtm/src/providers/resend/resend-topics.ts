import { type EmailEventType, emailEvents, emailTopic } from "@carewire/envelope";

/** Every other type (contacts, domains, incoming mail): recorded, handled by nobody. */
export const recordedTopic = "cari.gtm.resend_event_received";

const topicsByType: ReadonlyMap<string, string> = new Map(
  Object.keys(emailEvents).map((type) => [type, emailTopic(type as EmailEventType)]),
);

/** The topics whose events change what is known of an e-mail. */
export const handledTopics: readonly string[] = [...topicsByType.values()];

/** The topic of a Resend event type. */
export const topicOf = (type: string): string => topicsByType.get(type) ?? recordedTopic;
