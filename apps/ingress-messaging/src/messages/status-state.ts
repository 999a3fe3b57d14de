import type { PublicEvent } from "@carewire/bus";
import type { StatusItem } from "../providers/whatsapp/item-schemas.ts";
import { rankOf, type StatusName, statusNames } from "./status-names.ts";

/** One row of `messaging_statuses`: what became of a message we sent. */
export interface StatusState {
  messageId: string;
  phoneNumberId: string;
  recipientUserId: string | null;
  recipientPhone: string | null;
  status: StatusName;
  /** The earliest time told for each status; one may be read without word of its delivery. */
  times: Record<StatusName, Date | null>;
  /** Meta's code of the failure. */
  errorCode: number | null;
  /** When the standing status was reached. */
  stateAt: Date;
  eventId: string;
}

/** The state to store, and what to tell subscribers. */
export interface StatusChange {
  state: StatusState;
  events: PublicEvent[];
}

/** What one status update says. */
export function readStatus({ metadata, contact, status }: StatusItem, eventId: string): StatusState {
  return {
    messageId: status.id,
    phoneNumberId: metadata.phone_number_id,
    recipientUserId: status.recipient_user_id ?? contact?.user_id ?? null,
    recipientPhone: status.recipient_id ?? contact?.wa_id ?? null,
    status: status.status,
    times: timesOf((name) => (name === status.status ? status.timestamp : null)),
    errorCode: status.status === "failed" ? (status.errors?.[0]?.code ?? null) : null,
    stateAt: status.timestamp,
    eventId,
  };
}

const timesOf = (timeOf: (name: StatusName) => Date | null) =>
  Object.fromEntries(statusNames.map((name) => [name, timeOf(name)])) as Record<StatusName, Date | null>;

/**
 * Decides what an update changes. The status of the highest rank stands, whatever arrives after it, and each is told
 * once; one that was overtaken is kept with its time and not told.
 */
export function changeStatus(current: StatusState | null, incoming: StatusState): StatusChange {
  const state = joinStatuses(current, incoming);
  const isNews = current === null || rankOf(incoming.status) > rankOf(current.status);
  return { state, events: isNews ? tell(state) : [] };
}

function joinStatuses(current: StatusState | null, incoming: StatusState): StatusState {
  if (current === null) return incoming;
  const [standing, other] = outranks(incoming, current) ? [incoming, current] : [current, incoming];
  return {
    ...standing,
    recipientUserId: standing.recipientUserId ?? other.recipientUserId,
    recipientPhone: standing.recipientPhone ?? other.recipientPhone,
    times: timesOf((name) => earliest(current.times[name], incoming.times[name])),
    errorCode: standing.errorCode ?? other.errorCode,
  };
}

/** The higher rank stands; of the same status told twice, the earlier one, as its time does. */
function outranks(incoming: StatusState, current: StatusState): boolean {
  const ranks = rankOf(incoming.status) - rankOf(current.status);
  return ranks !== 0 ? ranks > 0 : incoming.stateAt < current.stateAt;
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

const told = new Set<StatusName>(["sent", "delivered", "read", "failed"]);

function tell(state: StatusState): PublicEvent[] {
  if (!told.has(state.status)) return [];
  const { recipientUserId, recipientPhone, errorCode } = state;
  return [
    {
      type: `message.${state.status}`,
      subject: state.messageId,
      occurredAt: state.stateAt,
      data: {
        message_id: state.messageId,
        channel: "whatsapp",
        phone_number_id: state.phoneNumberId,
        ...(recipientUserId === null ? {} : { recipient_id: recipientUserId }),
        ...(recipientPhone === null ? {} : { recipient_phone: recipientPhone }),
        ...(state.status === "failed" && errorCode !== null ? { error_code: errorCode } : {}),
      },
    },
  ];
}
