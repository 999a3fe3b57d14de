import type { Queryable } from "@carewire/db";
import {
  beyondId,
  findEventWindow,
  type PageRead,
  type Position,
  type Principal,
  withinBounds,
  withinWindow,
} from "@carewire/service-kit";
import { createdWithin, type DeliveryFilters, filterDeliveries } from "./delivery-filters.ts";
import { type DeliveryRow, deliveryColumns, deliveryJoins, visibleKind } from "./delivery-row.ts";

/** What a list is of, by row ids; the narrowest one that is given decides the index it is read by. */
export interface DeliveryParents {
  eventId: string | null;
  replayJobId: string | null;
  subscriptionId: string | null;
}

/**
 * Deliveries, and events of a whole organization, looked at for one page at most: behind a filter that hardly anything
 * passes, a page comes back short.
 */
export const lookedAtMax = 50_000;

/** True when one id orders the list; a whole organization's is ordered by event and then delivery. */
export const isOfParent = (parents: DeliveryParents): boolean =>
  Object.values(parents).some((id) => id !== null);

/** The next deliveries of one event, replay job or subscription, by their id. */
function ofParent(sql: Queryable, principal: Principal, parents: DeliveryParents, query: DeliveryQuery) {
  const { eventId, replayJobId, subscriptionId } = parents;
  const { condition } = beyondId(sql, "d.id", query.position);
  const order = query.position?.direction === "newer" ? sql`id asc` : sql`id desc`;
  const looked = sql`
    select d.* from deliveries d
    where d.organization_id = ${principal.organizationId}
      ${eventId === null ? sql`` : sql`and d.event_id = ${eventId}`}
      ${replayJobId === null ? sql`` : sql`and d.replay_job_id = ${replayJobId}`}
      ${subscriptionId === null ? sql`` : sql`and d.destination_id = ${subscriptionId}`}
      and ${condition} ${createdWithin(sql, query.filters)}
    order by ${order} limit ${query.lookMax}`;
  return { looked, order, ofEvents: sql``, end: null };
}

function beyondEvent(sql: Queryable, position: Position | null) {
  const [eventId = null, id = null] = position?.ids ?? [];
  switch (position?.direction) {
    case "newer":
      return {
        condition: sql`(e.id, d.id) > (${eventId}::uuid, ${id}::uuid)`,
        order: sql`event_id asc, id asc`,
      };
    case "older":
      return {
        condition: sql`(e.id, d.id) < (${eventId}::uuid, ${id}::uuid)`,
        order: sql`event_id desc, id desc`,
      };
    case undefined:
      return { condition: sql`true`, order: sql`event_id desc, id desc` };
  }
}

/**
 * The next deliveries of a whole organization, by their event and then their id: deliveries have no index by
 * organization (it would cost every delivery), events have.
 */
async function ofOrganization(sql: Queryable, principal: Principal, query: DeliveryQuery) {
  const { organizationId } = principal;
  const { filters, position, lookMax } = query;
  const { condition, order } = beyondEvent(sql, position);
  const window = await findEventWindow(sql, { organizationId, until: filters.until, position, lookMax });
  const looked = sql`
    select d.* from events e join deliveries d on d.event_id = e.id
    where e.organization_id = ${organizationId} and ${condition}
      ${withinWindow(sql, window)} ${createdWithin(sql, filters)}
    order by ${order} limit ${lookMax}`;
  return { looked, order, ofEvents: withinBounds(sql, window), end: window.end };
}

/** One page of a list. */
export interface DeliveryQuery {
  filters: DeliveryFilters;
  /** Null: from the newest. */
  position: Position | null;
  /** Deliveries, and events of a whole organization, to look at; at least 2. */
  lookMax: number;
}

const lookAt = async (
  sql: Queryable,
  principal: Principal,
  parents: DeliveryParents,
  query: DeliveryQuery,
) => (isOfParent(parents) ? ofParent(sql, principal, parents, query) : ofOrganization(sql, principal, query));

/** Up to `limit` deliveries that pass the filters, among the next `lookMax`. */
export async function readDeliveries(
  sql: Queryable,
  principal: Principal,
  parents: DeliveryParents,
  { limit, ...query }: DeliveryQuery & PageRead,
) {
  const { looked, order, ofEvents } = await lookAt(sql, principal, parents, query);
  return sql<DeliveryRow[]>`
    select * from (
      select ${deliveryColumns(sql)} from (${looked}) d ${deliveryJoins(sql)}
      where ${visibleKind(sql, principal)} ${ofEvents} ${filterDeliveries(sql, query.filters)}) page
    order by ${order} limit ${limit}`;
}

/** Where {@link readDeliveries} stopped looking, when there may be further ones; else null. */
export async function readHorizon(
  sql: Queryable,
  principal: Principal,
  parents: DeliveryParents,
  query: DeliveryQuery,
): Promise<{ id: string; event_id: string } | null> {
  const { looked, end } = await lookAt(sql, principal, parents, query);
  const [row] = await sql<{ id: string; event_id: string }[]>`
    select id, event_id from (${looked}) d offset ${query.lookMax - 1} limit 1`;
  return row ?? end;
}
