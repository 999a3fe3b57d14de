import type { Queryable } from "@carewire/db";
import { firstIdAt, timestampOfId } from "@carewire/envelope";
import type { Position } from "../lists/cursor.ts";

/** A delivery's id may be this much older than its event's: they come from two clocks. */
const clockSkewMs = 3_600_000;

/** Before and after every delivery. */
const firstId = "00000000-0000-0000-0000-000000000000";
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Where to look for events whose deliveries are listed. */
export interface WindowQuery {
  organizationId: string;
  /** Deliveries are made before this. */
  until: string | undefined;
  /** Null: from the newest. */
  position: Position | null;
  /** Events to look at. At least 2: a position lies within its event. */
  lookMax: number;
}

export interface EventBounds {
  /** Both inclusive; null: none. */
  oldest: string | null;
  newest: string | null;
}

/** The events whose deliveries are looked at for one page. */
export interface EventWindow extends EventBounds {
  /** The position behind its last delivery when there may be further events, else null. */
  end: { event_id: string; id: string } | null;
}

/** The condition on `events e`. */
export function withinBounds(sql: Queryable, { oldest, newest }: EventBounds) {
  return sql`
    ${oldest === null ? sql`` : sql`and e.id >= ${oldest}::uuid`}
    ${newest === null ? sql`` : sql`and e.id <= ${newest}::uuid`}`;
}

/** The condition on `events e` and their `deliveries d`; what follows from it is said too, for the planner. */
export function withinWindow(sql: Queryable, window: EventWindow) {
  const { oldest, newest } = window;
  const earliest = oldest && firstIdAt(Math.max(0, timestampOfId(oldest) - clockSkewMs));
  return sql`${withinBounds(sql, window)}
    ${oldest === null ? sql`` : sql`and d.event_id >= ${oldest}::uuid and d.id >= ${earliest}::uuid`}
    ${newest === null ? sql`` : sql`and d.event_id <= ${newest}::uuid`}`;
}

function startBounds({ until, position }: WindowQuery): EventBounds {
  const from = position?.ids[0] ?? null;
  const latest = until === undefined ? null : firstIdAt(Date.parse(until) + clockSkewMs);
  if (position?.direction === "newer") return { oldest: from, newest: latest };
  return { oldest: null, newest: [from, latest].filter((id) => id !== null).sort()[0] ?? null };
}

/**
 * The next `lookMax` events of the organization. Those without a delivery that fits count as well: one page would pass
 * any number of them.
 */
export async function findEventWindow(sql: Queryable, query: WindowQuery): Promise<EventWindow> {
  const { organizationId, position, lookMax } = query;
  const isNewer = position?.direction === "newer";
  const bounds = startBounds(query);
  const [last] = await sql<{ id: string }[]>`
    select e.id from events e where e.organization_id = ${organizationId} ${withinBounds(sql, bounds)}
    order by e.id ${isNewer ? sql`asc` : sql`desc`} offset ${lookMax - 1} limit 1`;
  if (last === undefined) return { ...bounds, end: null };
  return isNewer
    ? { ...bounds, newest: last.id, end: { event_id: last.id, id: lastId } }
    : { ...bounds, oldest: last.id, end: { event_id: last.id, id: firstId } };
}
