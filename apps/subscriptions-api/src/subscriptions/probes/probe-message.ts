import { pingEventType } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { eventTypes, publicId } from "@carewire/envelope";

/** What a ping or a test says. */
export interface ProbeMessage {
  type: string;
  data: object;
}

/** A message, or why a test of that type cannot be made. */
export type FoundMessage = { ok: true; message: ProbeMessage } | { ok: false; mistake: string };

/** What a ping says: nothing but whom it is for. */
export const pingMessage = (subscriptionId: string): ProbeMessage => ({
  type: pingEventType,
  data: {
    subscription_id: publicId("sub", subscriptionId),
    message: "A ping, sent because somebody asked for it.",
  },
});

/** The example of an event type: of the catalog, or of the organization's own type. */
export async function findExample(
  tx: Queryable,
  organizationId: string,
  type: string,
): Promise<FoundMessage> {
  const entry = eventTypes.get(type);
  if (entry !== undefined) return { ok: true, message: { type, data: entry.example } };
  const [own] = await tx<{ example: object | null }[]>`
    select example from event_types where organization_id = ${organizationId} and type = ${type}`;
  if (own === undefined) return { ok: false, mistake: "is no event type; GET /v1/event-types lists them" };
  if (own.example === null)
    return { ok: false, mistake: "has no example to send; give the event type one first" };
  return { ok: true, message: { type, data: own.example } };
}
