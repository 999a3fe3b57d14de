import { type ConsumerHandler, lockObject, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import { changeStatus, readStatus } from "../messages/status-state.ts";
import { findStatus, saveStatus } from "../messages/status-store.ts";
import type { StatusItem } from "../providers/whatsapp/item-schemas.ts";
import { sourceService } from "./source-service.ts";

/** Applies what became of a message; tells `message.sent`, `.delivered`, `.read` and `.failed`. */
export function createApplyStatus({ clock }: { clock: Clock }): ConsumerHandler<StatusItem> {
  return async (tx, { payload }, { organizationId, eventId, publish }) => {
    const incoming = readStatus(payload, eventId);
    await lockObject(tx, organizationId, incoming.messageId);
    const current = await findStatus(tx, organizationId, incoming.messageId);
    const { state, events } = changeStatus(current, incoming);
    await saveStatus(tx, organizationId, state);
    await publish(toDrafts({ clock, sourceService }, organizationId, events));
  };
}
