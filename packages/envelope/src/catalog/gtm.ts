import { z } from "zod";
import { defineEventType, defineTopic } from "./define.ts";
import { foreignId, moment, storableId } from "./fields.ts";

/**
 * A Resend event about one sent e-mail, as Resend sent it. Only what every one of them has is required.
 * @see https://resend.com/docs/dashboard/webhooks/event-types
 */
export const emailEventPayload = z.looseObject({
  type: z.string().min(1).max(64),
  created_at: moment,
  data: z.looseObject({ email_id: storableId }),
});

export type EmailEventPayload = z.infer<typeof emailEventPayload>;

/** The Resend event types that tell what became of a sent e-mail, and what each one means. */
export const emailEvents = {
  "email.scheduled": "An e-mail was scheduled.",
  "email.sent": "An e-mail was sent.",
  "email.delivery_delayed": "An e-mail could not be delivered yet.",
  "email.delivered": "An e-mail reached its recipient's server.",
  "email.opened": "A recipient opened an e-mail.",
  "email.clicked": "A recipient followed a link of an e-mail.",
  "email.failed": "An e-mail could not be sent.",
  "email.suppressed": "An e-mail was not sent because its recipient is on the suppression list.",
  "email.bounced": "A recipient's server rejected an e-mail.",
  "email.complained": "A recipient marked an e-mail as spam.",
} as const;

export type EmailEventType = keyof typeof emailEvents;

type EmailTopic<Type extends string> = Type extends `email.${infer Rest}` ? `cari.gtm.email_${Rest}` : never;

/** The topic a Resend event type travels under: `email.bounced` becomes `cari.gtm.email_bounced`. */
export function emailTopic<Type extends EmailEventType>(type: Type): EmailTopic<Type> {
  return `cari.gtm.${type.replace(".", "_")}` as EmailTopic<Type>;
}

const emailTopics = Object.entries(emailEvents).map(([type, description]) =>
  defineTopic({
    topic: emailTopic(type as EmailEventType),
    description,
    schema: emailEventPayload,
    sample: {
      type,
      created_at: "2026-01-01T00:00:00.000Z",
      data: { email_id: "56761188-7520-42d8-8898-ff6fc54ce618", created_at: "2025-12-31T23:59:50.000Z" },
    },
  }),
);

/** What somebody wrote into a form, whatever the format it came in. */
export const leadSubmittedPayload = z.looseObject({
  /** The name of the source whose secret signed. */
  source: z.string().min(1).max(64),
  /** By the form's clock where it is believable, else when it arrived. */
  submitted_at: moment,
  /** Field names in lower case with underscores; several values of one field are joined by ", ". */
  fields: z.record(z.string(), z.string()),
});

export type LeadSubmittedPayload = z.infer<typeof leadSubmittedPayload>;

export const leadSubmittedTopic = "cari.gtm.lead_submitted";

export const gtmTopics = [
  ...emailTopics,
  defineTopic({
    topic: leadSubmittedTopic,
    description: "Somebody filled in a form.",
    schema: leadSubmittedPayload,
    sample: {
      source: "default",
      submitted_at: "2026-01-01T00:00:00.000Z",
      fields: { email: "sam@clinic.example", name: "Sam Doe", campaign: "spring", consent: "yes" },
    },
  }),
] as const;

const domain = "Go to market";

const emailPayload = z.looseObject({ email_id: foreignId });
const email = { email_id: "56761188-7520-42d8-8898-ff6fc54ce618" };

const emailEventType = <Type extends string>(type: Type, description: string, more: object = {}) =>
  defineEventType({ type, domain, description, schema: emailPayload, example: { ...email, ...more } });

export const gtmEventTypes = [
  defineEventType({
    type: "lead.created",
    domain,
    description: "somebody left their contact details, or a held-back lead was released",
    schema: z.looseObject({
      lead_id: foreignId,
      source: z.string().min(1).max(64),
      campaign: z.string().max(255).nullish(),
      email: z.string().max(320).nullish(),
      phone: z.string().max(64).nullish(),
      name: z.string().max(255).nullish(),
      consent: z
        .looseObject({ given: z.boolean(), text: z.string().nullish(), at: moment.nullish() })
        .nullish(),
    }),
    example: {
      lead_id: "led_01k9w3hd9ye0vtb0v4ecm0p5q7",
      source: "default",
      campaign: "spring",
      email: "sam@clinic.example",
      name: "Sam Doe",
      consent: { given: true, text: "You may write to me.", at: "2026-01-01T00:00:00.000Z" },
    },
  }),
  emailEventType("email.delivered", "an e-mail reached its recipient's server"),
  emailEventType("email.bounced", "a recipient's server rejected an e-mail", {
    bounce_type: "Permanent",
    bounce_subtype: "Suppressed",
  }),
  emailEventType("email.complained", "a recipient marked an e-mail as spam"),
  emailEventType("email.failed", "an e-mail could not be sent"),
  emailEventType("email.suppressed", "an e-mail was not sent: its recipient is on the suppression list"),
] as const;
