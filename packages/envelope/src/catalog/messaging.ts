import { z } from "zod";
import { defineEventType, defineTopic } from "./define.ts";
import { foreignId } from "./fields.ts";

/** A request of Meta's with one change in it. */
const requestOf = <Value extends z.ZodRawShape>(value: Value) =>
  z.looseObject({
    object: z.literal("whatsapp_business_account"),
    entry: z
      .array(
        z.looseObject({
          id: z.string().max(255).optional(),
          changes: z
            .array(
              z.looseObject({
                field: z.literal("messages"),
                value: z.looseObject({
                  metadata: z.looseObject({ phone_number_id: foreignId }),
                  contacts: z.array(z.looseObject({})).optional(),
                  ...value,
                }),
              }),
            )
            .length(1),
        }),
      )
      .length(1),
  });

/**
 * One incoming WhatsApp message: the request as Meta sends it, or would have sent it of this message alone. A sender may
 * be known by `from`, `from_user_id` or both.
 * @see https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
 */
const whatsAppMessagePayload = requestOf({
  messages: z
    .array(z.looseObject({ id: foreignId, timestamp: z.string(), type: z.string().min(1).max(64) }))
    .length(1),
});

/** One change of a sent WhatsApp message's status, in the same way. */
const whatsAppStatusPayload = requestOf({
  statuses: z
    .array(z.looseObject({ id: foreignId, timestamp: z.string(), status: z.string().min(1).max(64) }))
    .length(1),
});

const sampleOf = <Value extends object>(value: Value) => ({
  object: "whatsapp_business_account" as const,
  entry: [
    {
      id: "102290129340398",
      changes: [
        {
          field: "messages" as const,
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
            ...value,
          },
        },
      ],
    },
  ],
});
const userId = "US.13491208655302741918";

export const messagingTopics = [
  defineTopic({
    topic: "cari.messaging.whatsapp_message_received",
    description: "A patient's WhatsApp message arrived.",
    schema: whatsAppMessagePayload,
    sample: sampleOf({
      contacts: [{ profile: { name: "Renée" }, user_id: userId }],
      messages: [
        {
          id: "wamid.sample1",
          from_user_id: userId,
          timestamp: "1767225600",
          type: "text",
          text: { body: "See you at nine." },
        },
      ],
    }),
  }),
  defineTopic({
    topic: "cari.messaging.whatsapp_status_updated",
    description: "WhatsApp told what became of a message we sent.",
    schema: whatsAppStatusPayload,
    sample: sampleOf({
      statuses: [
        {
          id: "wamid.sample2",
          status: "delivered",
          timestamp: "1767225600",
          recipient_user_id: userId,
        },
      ],
    }),
  }),
] as const;

const shared = { message_id: foreignId, channel: z.string().min(1).max(32), phone_number_id: foreignId };

const receivedPayload = z.looseObject({
  ...shared,
  type: z.string().min(1).max(64),
  /** The provider's own id of the sender; the phone number may be hidden. */
  sender_id: foreignId.optional(),
  sender_phone: z.string().max(32).optional(),
  text: z.string().optional(),
  reply_to_message_id: foreignId.optional(),
});

const statusPayload = z.looseObject({
  ...shared,
  recipient_id: foreignId.optional(),
  recipient_phone: z.string().max(32).optional(),
  error_code: z.int().optional(),
});

const sent = {
  message_id: "wamid.sample2",
  channel: "whatsapp",
  phone_number_id: "106540352242922",
  recipient_id: userId,
};

const statusEventType = <Type extends `message.${string}`>(
  type: Type,
  description: string,
  more: { error_code?: number } = {},
) =>
  defineEventType({
    type,
    domain: "Messages",
    description,
    schema: statusPayload,
    example: { ...sent, ...more },
  });

/** Seed 1, "WhatsApp Webhooks": incoming patient messages, delivery receipts, read receipts. */
export const messagingEventTypes = [
  defineEventType({
    type: "message.received",
    domain: "Messages",
    description: "a patient wrote",
    schema: receivedPayload,
    example: {
      message_id: "wamid.sample1",
      channel: "whatsapp",
      phone_number_id: "106540352242922",
      sender_id: userId,
      type: "text",
      text: "See you at nine.",
    },
  }),
  statusEventType("message.sent", "a message left for its recipient"),
  statusEventType("message.delivered", "a message reached its recipient's phone"),
  statusEventType("message.read", "a message was read"),
  statusEventType("message.failed", "a message could not be delivered", { error_code: 131026 }),
] as const;
