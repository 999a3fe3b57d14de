import type { EventDraft } from "@carewire/bus";
import { type Clock, newId } from "@carewire/envelope";
import type { PublicEvent } from "../compliance/public-event.ts";

/** Recorded as the origin of the public events. */
export const sourceService = "ingress-emr";

/** Public events as drafts of one organization, ready for `publish`. */
export function toDrafts(clock: Clock, organizationId: string, events: readonly PublicEvent[]): EventDraft[] {
  return events.map(({ type, subject, occurredAt, data }) => ({
    id: newId(clock.now()),
    organizationId,
    type,
    subject,
    sourceService,
    occurredAt,
    body: Buffer.from(JSON.stringify(data)),
  }));
}
