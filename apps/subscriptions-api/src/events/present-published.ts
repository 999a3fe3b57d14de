import type { PublishedEvent } from "@carewire/contracts";
import { shownEventId } from "./event-row.ts";
import type { StoredEvent } from "./store-events.ts";

/** The answer for an event that is stored. */
export function presentPublished(stored: Exclude<StoredEvent, { status: "conflict" }>): PublishedEvent {
  const { event, status } = stored;
  return {
    id: shownEventId(event),
    type: event.type,
    created_at: event.occurred_at.toISOString(),
    ...(status === "duplicate" ? { duplicate: true as const } : {}),
  };
}
