import type { PublicEvent } from "@carewire/bus";
import type { MessageItem } from "../providers/whatsapp/item-schemas.ts";

/** One row of `messaging_messages`. What the patient wrote stays in the event's sealed payload. */
export interface ReceivedMessage {
  messageId: string;
  phoneNumberId: string;
  /** Meta's id of the person for this business. */
  senderUserId: string | null;
  /** Null when the person hides it. */
  senderPhone: string | null;
  type: string;
  replyToMessageId: string | null;
  sentAt: Date;
}

/** What an incoming message says. The contact knows what the message leaves out. */
export function readMessage({ metadata, contact, message }: MessageItem): ReceivedMessage {
  return {
    messageId: message.id,
    phoneNumberId: metadata.phone_number_id,
    senderUserId: message.from_user_id ?? contact?.user_id ?? null,
    senderPhone: message.from ?? contact?.wa_id ?? null,
    type: message.type,
    replyToMessageId: message.context?.id ?? null,
    sentAt: message.timestamp,
  };
}

/** What subscribers hear of a new message. */
export function tellReceived(received: ReceivedMessage, { message }: MessageItem): PublicEvent {
  const { senderUserId, senderPhone, replyToMessageId } = received;
  return {
    type: "message.received",
    subject: received.messageId,
    occurredAt: received.sentAt,
    data: {
      message_id: received.messageId,
      channel: "whatsapp",
      phone_number_id: received.phoneNumberId,
      ...(senderUserId === null ? {} : { sender_id: senderUserId }),
      ...(senderPhone === null ? {} : { sender_phone: senderPhone }),
      type: received.type,
      ...(message.text ? { text: message.text.body } : {}),
      ...(replyToMessageId === null ? {} : { reply_to_message_id: replyToMessageId }),
    },
  };
}
