import type { Queryable } from "../connect.ts";
import type { LineageStart } from "./find-lineage-start.ts";
import { type LineageEvent, lineageLimits } from "./lineage-rows.ts";

export interface LineageEvents {
  events: LineageEvent[];
  inboundRequestId: string | null;
  truncated: boolean;
}

/** From an event to what caused it, and so on: itself first. */
function readCauses(sql: Queryable, eventId: string): Promise<LineageEvent[]> {
  return sql<LineageEvent[]>`
    with recursive up as (
      select e.*, 0 depth from events e where e.id = ${eventId}::uuid
      union all
      select e.*, up.depth + 1 from up join events e on e.id = up.caused_by and e.organization_id = up.organization_id
      where up.depth < ${lineageLimits.depth})
    select * from up order by depth`;
}

/** Events and what they caused, nearest first. */
function readEffects(
  sql: Queryable,
  column: "id" | "inbound_request_id",
  id: string,
): Promise<LineageEvent[]> {
  return sql<LineageEvent[]>`
    with recursive down as (
      (select e.*, 0 depth from events e where e.${sql(column)} = ${id}::uuid
        order by e.id limit ${lineageLimits.events + 1})
      union all
      select e.*, down.depth + 1 from down join events e on e.caused_by = down.id
        and e.organization_id = down.organization_id
      where down.depth < ${lineageLimits.depth})
    select * from down limit ${lineageLimits.events + 1}`;
}

/**
 * The events of one chain. However large it is, the event it was entered by, what caused that and what that caused come
 * before its neighbours.
 */
export async function readLineageEvents(sql: Queryable, start: LineageStart): Promise<LineageEvents> {
  const causes = start.eventId === null ? [] : await readCauses(sql, start.eventId);
  const root = causes.at(-1);
  const inboundRequestId = root?.inbound_request_id ?? start.inboundRequestId;
  const own = start.eventId === null ? [] : await readEffects(sql, "id", start.eventId);
  const neighbours =
    inboundRequestId === null
      ? root === undefined
        ? []
        : await readEffects(sql, "id", root.id)
      : await readEffects(sql, "inbound_request_id", inboundRequestId);
  const byId = new Map([...causes, ...own, ...neighbours].map((event) => [event.id, event]));
  const all = [...byId.values()];
  const events = all.slice(0, lineageLimits.events);
  events.sort((a, b) => (a.id < b.id ? -1 : 1));
  const isCut = [own, neighbours].some((found) => found.length > lineageLimits.events);
  return { events, inboundRequestId, truncated: isCut || events.length < all.length };
}
