import { type ConsumerHandler, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import { readMessage, tellReceived } from "../messages/message.ts";
import { insertMessage } from "../messages/message-store.ts";
import type { MessageItem } from "../providers/whatsapp/item-schemas.ts";
import { sourceService } from "./source-service.ts";

/** Keeps incoming messages; tells `message.received`. */
export function createKeepMessage({ clock }: { clock: Clock }): ConsumerHandler<MessageItem> {
  return async (tx, { payload }, { organizationId, eventId, publish }) => {
    const received = readMessage(payload);
    const isNew = await insertMessage(tx, organizationId, received, eventId);
    const events = isNew ? [tellReceived(received, payload)] : [];
    await publish(toDrafts({ clock, sourceService }, organizationId, events));
  };
}
