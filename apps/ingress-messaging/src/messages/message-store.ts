import type { TransactionSql } from "postgres";
import type { ReceivedMessage } from "./message.ts";

/** Keeps a message; false when it was there before. A message never changes. */
export async function insertMessage(
  tx: TransactionSql,
  organizationId: string,
  message: ReceivedMessage,
  eventId: string,
): Promise<boolean> {
  const rows = await tx`
    insert into messaging_messages (organization_id, message_id, phone_number_id, sender_user_id, sender_phone, type,
      reply_to_message_id, sent_at, event_id)
    values (${organizationId}, ${message.messageId}, ${message.phoneNumberId}, ${message.senderUserId},
      ${message.senderPhone}, ${message.type}, ${message.replyToMessageId}, ${message.sentAt}, ${eventId})
    on conflict (organization_id, message_id) do nothing returning 1`;
  return rows.length > 0;
}
