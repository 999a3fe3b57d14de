import { parsePublicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { type EventRow, visibleEvents } from "./event-row.ts";

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const shownIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Our own id inside what was given, when it has the form of one. */
const ownId = (given: string): string | null =>
  parsePublicId("evt", given) ?? (uuidPattern.test(given) ? given : null);

/**
 * The event known to the caller by this id, be it the publisher's or ours; the newest, should a publisher have used
 * an id again after its key expired. Null when there is none.
 */
export async function findEvent(
  tx: postgres.TransactionSql,
  principal: Principal,
  given: string,
): Promise<EventRow | null> {
  if (!shownIdPattern.test(given)) return null;
  const visible = visibleEvents(tx, principal);
  const [named] = await tx<EventRow[]>`
    select e.* from events e where ${visible} and e.external_id = ${given} order by e.id desc limit 1`;
  if (named !== undefined) return named;
  const id = ownId(given);
  if (id === null) return null;
  const [own] = await tx<EventRow[]>`select e.* from events e where ${visible} and e.id = ${id}`;
  return own ?? null;
}
