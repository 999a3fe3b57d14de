import { type Clock, newId } from "@carewire/envelope";
import type { EventDraft } from "../event-draft.ts";

/** An event for subscribers, decided together with the state change it tells about. */
export interface PublicEvent<Type extends string = string> {
  type: Type;
  /** The id of what it is about. */
  subject: string;
  /** By the provider's clock. */
  occurredAt: Date;
  data: Record<string, unknown>;
}

/** Builds drafts of one organization from public events, ready for a handler's `publish`. */
export function toDrafts(
  { clock, sourceService }: { clock: Clock; sourceService: string },
  organizationId: string,
  events: readonly PublicEvent[],
): EventDraft[] {
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
