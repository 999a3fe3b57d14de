import type {
  LineageAttempt,
  LineageDeadLetter,
  LineageDelivery,
  LineageEvent,
  LineageRequest,
  LineageRows,
} from "@carewire/db";
import { publicId } from "@carewire/envelope";
import { deliveryStatus, deliveryTrigger } from "../deliveries/delivery-status.ts";

/** What a caller may know of. */
export interface LineageSight {
  /** Null: the whole organization, or the platform. */
  accountId: string | null;
  internalEvents: boolean;
  deadLetters: boolean;
}

const internalPrefix = "cari.";

/** The id an event is known by: its publisher's, else ours; internal ones wear a plain uuid. */
const shownEventId = ({ id, external_id, type }: LineageEvent): string =>
  external_id ?? (type.startsWith(internalPrefix) ? id : publicId("evt", id));

const presentRequest = (row: LineageRequest) => ({
  id: publicId("inr", row.id),
  provider: row.provider,
  verdict: row.verdict,
  reason: row.reason,
  received_at: row.received_at.toISOString(),
  repeat_of: row.repeat_of === null ? null : publicId("inr", row.repeat_of),
});

const presentAttempt = (row: LineageAttempt) => ({
  id: publicId("att", row.id),
  n: row.n,
  outcome: row.outcome,
  response_code: row.http_status,
  error: row.error,
  next_step: row.next_step,
  started_at: row.started_at.toISOString(),
});

const presentDelivery = (row: LineageDelivery, attempts: readonly LineageAttempt[]) => ({
  id: publicId("dlv", row.id),
  subscription_id: row.destination_kind === 0 ? publicId("sub", row.destination_id) : null,
  consumer: row.consumer,
  status: deliveryStatus(row.status, row.attempts),
  trigger: deliveryTrigger(row.trigger),
  replay_of: row.replay_of === null ? null : publicId("dlv", row.replay_of),
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
  attempts: attempts.filter((attempt) => attempt.delivery_id === row.id).map(presentAttempt),
});

const presentDeadLetter = (row: LineageDeadLetter, shownIds: ReadonlyMap<string, string>) => ({
  id: publicId("dlq", row.id),
  event_id: row.event_id === null ? null : (shownIds.get(row.event_id) ?? row.event_id),
  delivery_id: row.delivery_id === null ? null : publicId("dlv", row.delivery_id),
  consumer: row.consumer,
  cause: row.cause,
  error: row.error,
  status: row.status,
  created_at: row.created_at.toISOString(),
});

const askedPrefixes = {
  inbound_request: "inr",
  event: "evt",
  delivery: "dlv",
  attempt: "att",
  dead_letter: "dlq",
} as const;

/** The rows that a caller may know of. */
function visible(rows: LineageRows, sight: LineageSight): LineageRows {
  const { accountId, internalEvents } = sight;
  const events = rows.events.filter(
    (event) =>
      (internalEvents || !event.type.startsWith(internalPrefix)) &&
      (accountId === null || event.account_id === accountId),
  );
  const eventIds = new Set(events.map(({ id }) => id));
  const deliveries = rows.deliveries.filter(
    (delivery) =>
      eventIds.has(delivery.event_id) &&
      (internalEvents || delivery.destination_kind === 0) &&
      (accountId === null || delivery.account_id === accountId),
  );
  const deliveryIds = new Set(deliveries.map(({ id }) => id));
  const seesDeadLetters = accountId === null && (internalEvents || sight.deadLetters);
  return {
    ...rows,
    // A request is the organization's; an account knows it by the events it brought.
    inboundRequest: accountId === null || events.length > 0 ? rows.inboundRequest : null,
    events,
    deliveries,
    attempts: rows.attempts.filter(({ delivery_id }) => deliveryIds.has(delivery_id)),
    deadLetters: seesDeadLetters ? rows.deadLetters : [],
  };
}

function isAskedVisible({ asked, ...rows }: LineageRows): boolean {
  const { id } = asked;
  const has = (list: readonly { id: string }[]): boolean => list.some((row) => row.id === id);
  switch (asked.kind) {
    case "inbound_request":
      return rows.inboundRequest?.id === id;
    case "event":
      return has(rows.events);
    case "delivery":
      return has(rows.deliveries);
    case "attempt":
      return has(rows.attempts);
    case "dead_letter":
      return has(rows.deadLetters);
  }
}

/** A chain as it is shown to a caller; null when the caller may not know of what was asked for. */
export function presentLineage(rows: LineageRows, sight: LineageSight) {
  const seen = visible(rows, sight);
  if (!isAskedVisible(seen)) return null;
  const shownIds = new Map(seen.events.map((event) => [event.id, shownEventId(event)]));
  const { kind, id } = seen.asked;
  return {
    asked: { kind, id: shownIds.get(id) ?? publicId(askedPrefixes[kind], id) },
    inbound_request: seen.inboundRequest && presentRequest(seen.inboundRequest),
    events: seen.events.map((event) => ({
      id: shownEventId(event),
      type: event.type,
      subject: event.subject,
      source_service: event.source_service,
      caused_by: event.caused_by === null ? null : (shownIds.get(event.caused_by) ?? null),
      created_at: event.occurred_at.toISOString(),
      accepted_at: event.created_at.toISOString(),
      deliveries: seen.deliveries
        .filter(({ event_id }) => event_id === event.id)
        .map((delivery) => presentDelivery(delivery, seen.attempts)),
    })),
    dead_letters: seen.deadLetters.map((row) => presentDeadLetter(row, shownIds)),
    truncated: seen.truncated,
  };
}
