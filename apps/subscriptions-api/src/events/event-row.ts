import type { Queryable } from "@carewire/db";
import type { events } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import { hasScope, type Principal } from "@carewire/service-kit";

export type EventRow = typeof events.$inferSelect;

const internalPrefix = "cari.";

/** The id an event is known by: its publisher's, else ours; internal envelopes wear a plain UUID. */
export function shownEventId(event: Pick<EventRow, "id" | "external_id" | "type">): string {
  if (event.external_id !== null) return event.external_id;
  return event.type.startsWith(internalPrefix) ? event.id : publicId("evt", event.id);
}

/** True when the caller may know of internal events. */
export const seesInternal = (principal: Principal): boolean => hasScope(principal, "internal:publish");

/** The condition on `events e` that keeps a caller to its organization, its account and what is public. */
export function visibleEvents(sql: Queryable, principal: Principal) {
  return sql`e.organization_id = ${principal.organizationId}
    ${principal.accountId === null ? sql`` : sql`and e.account_id = ${principal.accountId}`}
    ${seesInternal(principal) ? sql`` : sql`and e.type not like ${`${internalPrefix}%`}`}`;
}

/** An event as it is shown in lists. */
export function presentEvent(event: EventRow) {
  return {
    id: shownEventId(event),
    type: event.type,
    subject: event.subject,
    account_id: event.account_id === null ? null : publicId("acc", event.account_id),
    source_service: event.source_service,
    created_at: event.occurred_at.toISOString(),
    accepted_at: event.created_at.toISOString(),
    payload_bytes: event.body_bytes,
  };
}
