import { hash } from "node:crypto";
import { isStatusName } from "../../messages/status-names.ts";
import { indexContacts } from "./find-contact.ts";
import { type Change, type Fields, isFields, listOf, textOf } from "./read-changes.ts";
import { messageTopic, recordedTopic, statusTopic, unknownNumberTopic } from "./whatsapp-topics.ts";

/** One event of a request, before it is written down. */
export interface Item {
  topic: string;
  /** Null: nothing in it names it, so its bytes do. */
  key: string | null;
  /** Meta's text of Unix seconds, when there is one. */
  timestamp: unknown;
  /** The message or status itself, which tells a repeat from another one of the same name. */
  part: unknown;
  payload: Fields;
}

/** What Meta's requests about WhatsApp say they are about. */
export const whatsAppObject = "whatsapp_business_account";

// "wamid.…" as far as documented; Meta's test messages have others.
const idPattern = /^[A-Za-z0-9._=+/:-]{1,255}$/;
const timestampPattern = /^\d{9,11}$/;
const numberPattern = /^\d{1,32}$/;

/**
 * The events of one change: one per message and per status, each as the request Meta would have sent of it alone. An
 * item that is not what it should be becomes an event as well: whoever handles it dead-letters that one alone.
 */
export function toItems(change: Change, isOurs: (phoneNumberId: string) => boolean): Item[] {
  if (!change.understood) return [recorded({ unreadable: change.part })];
  const { accountId, field, value } = change;
  const whole = { account_id: accountId, field, value };
  if (field !== "messages") return [recorded(whole)];
  const phoneNumberId = isFields(value.metadata) ? textOf(value.metadata.phone_number_id) : undefined;
  if (phoneNumberId !== undefined && !isOurs(phoneNumberId)) {
    return [{ ...recorded(whole), topic: unknownNumberTopic }];
  }
  const messages = listOf(value.messages);
  const statuses = listOf(value.statuses);
  if (messages.length + statuses.length === 0) return [recorded(whole)];

  const { messaging_product, metadata, contacts, errors } = value;
  const findContact = indexContacts(contacts);
  const context: ItemContext = {
    scope: numberPattern.test(phoneNumberId ?? "") ? `${phoneNumberId}:` : null,
    alone: (part, ...ids) => {
      const contact = findContact(...ids);
      const around = { messaging_product, metadata, ...(contact && { contacts: [contact] }) };
      const change = { field, value: { ...around, ...part } };
      return { object: whatsAppObject, entry: [{ id: accountId, changes: [change] }] };
    },
  };
  const items = [
    ...messages.map((message) => toMessage(message, context)),
    ...statuses.map((status) => toStatus(status, context)),
  ];
  if (listOf(errors).length === 0) return items;
  return [...items, recorded({ account_id: accountId, metadata, field, value: { errors } })];
}

/** What the items of one change have in common. */
interface ItemContext {
  /** What keys begin with; null: the change does not say which of our numbers it is about. */
  scope: string | null;
  /** The request of one item alone, with the contact that one of `ids` names. */
  alone(part: Fields, ...ids: unknown[]): Fields;
}

function toMessage(message: unknown, { scope, alone }: ItemContext): Item {
  const { id, timestamp, from, from_user_id } = isFields(message) ? message : {};
  const named = scope !== null && typeof id === "string" && idPattern.test(id);
  return {
    topic: messageTopic,
    key: named ? scope + id : null,
    timestamp,
    part: message,
    payload: alone({ messages: [message] }, from_user_id, from),
  };
}

function toStatus(status: unknown, { scope, alone }: ItemContext): Item {
  const fields: Fields = isFields(status) ? status : {};
  const { id, timestamp, status: name, recipient_id, recipient_user_id } = fields;
  const named =
    scope !== null &&
    typeof id === "string" &&
    idPattern.test(id) &&
    typeof timestamp === "string" &&
    timestampPattern.test(timestamp);
  const isNew = typeof name === "string" && /^[a-z_]{1,32}$/.test(name) && !isStatusName(name);
  return {
    topic: isNew ? recordedTopic : statusTopic,
    key: named && (isNew || isStatusName(name)) ? `${scope}${id}:${name}:${timestamp}` : null,
    timestamp,
    part: status,
    payload: alone({ statuses: [status] }, recipient_user_id, recipient_id),
  };
}

const recorded = (payload: Fields): Item => ({
  topic: recordedTopic,
  key: null,
  timestamp: undefined,
  part: payload,
  payload,
});

/** The key of an event that has no name of its own. */
export const keyOfBytes = (bytes: Uint8Array): string => `sha256:${hash("sha256", bytes, "hex")}`;

/** Meta's time, or null when it is not one. */
export const readTimestamp = (timestamp: unknown): Date | null =>
  typeof timestamp === "string" && timestampPattern.test(timestamp)
    ? new Date(Number(timestamp) * 1_000)
    : null;
