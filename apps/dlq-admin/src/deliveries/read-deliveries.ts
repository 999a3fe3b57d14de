import type { DeliveryStatus } from "@carewire/contracts";
import { hasResponseClass, type Queryable, type ResponseClass } from "@carewire/db";
import {
  beyondId,
  findEventWindow,
  type PageRead,
  type Position,
  storedStatus,
  withinBounds,
  withinTime,
  withinWindow,
} from "@carewire/service-kit";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { type DeliveryRow, deliveryColumns, deliveryJoins } from "./delivery-row.ts";

/**
 * Deliveries, and events of one organization, that one page looks at: behind a filter that hardly anything passes it
 * comes back short. A class of answer is looked up in the attempts, which costs more.
 */
export const lookedAtMax = ({ response_class: responseClass }: DeliveryFilters) =>
  responseClass === undefined ? 50_000 : 10_000;

export interface DeliveryFilters {
  status?: DeliveryStatus | undefined;
  type?: string | undefined;
  response_class?: ResponseClass | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** What is listed: the deliveries to one destination, of one organization, or all. */
export interface DeliveryQuery {
  access: Access;
  /** A subscription's or consumer's row id. */
  destinationId: string | null;
  filters: DeliveryFilters;
  /** Deliveries, and events of one organization, to look at; at least 2. */
  lookMax: number;
}

/** The organization whose list this is, ordered by its events through which they are found; null for other lists. */
const organizationByEvent = ({ access, destinationId }: Pick<DeliveryQuery, "access" | "destinationId">) =>
  destinationId === null ? access.organizationId : null;

/** True when the list is ordered by its events. */
export const isByEvent = (query: Pick<DeliveryQuery, "access" | "destinationId">): boolean =>
  organizationByEvent(query) !== null;

function beyondEvent(tx: Queryable, position: Position | null) {
  const [eventId = null, id = null] = position?.ids ?? [];
  switch (position?.direction) {
    case "newer":
      return {
        condition: tx`(e.id, d.id) > (${eventId}::uuid, ${id}::uuid)`,
        order: tx`event_id asc, id asc`,
      };
    case "older":
      return {
        condition: tx`(e.id, d.id) < (${eventId}::uuid, ${id}::uuid)`,
        order: tx`event_id desc, id desc`,
      };
    case undefined:
      return { condition: tx`true`, order: tx`event_id desc, id desc` };
  }
}

/** The next deliveries of an organization. Deliveries have no index by organization, events have. */
async function ofOrganization(
  tx: Queryable,
  organizationId: string,
  { filters, lookMax }: DeliveryQuery,
  position: Position | null,
) {
  const { since, until } = filters;
  const { condition, order } = beyondEvent(tx, position);
  const window = await findEventWindow(tx, { organizationId, until, position, lookMax });
  const looked = tx`
    select d.* from events e join deliveries d on d.event_id = e.id
    where e.organization_id = ${organizationId}::uuid and ${condition}
      ${withinWindow(tx, window)} ${withinTime(tx, "d.id", since, until)}
    order by ${order} limit ${lookMax}`;
  return { looked, order, ofEvents: withinBounds(tx, window), end: window.end };
}

/** The next deliveries to one destination, or of all organizations. */
function ofAll(tx: Queryable, query: DeliveryQuery, position: Position | null) {
  const { access, destinationId, filters, lookMax } = query;
  const { condition } = beyondId(tx, "d.id", position);
  const order = position?.direction === "newer" ? tx`id asc` : tx`id desc`;
  const looked = tx`
    select d.* from deliveries d
    where ${withinAccess(tx, "d", access)} and ${condition} ${withinTime(tx, "d.id", filters.since, filters.until)}
      ${destinationId === null ? tx`` : tx`and d.destination_id = ${destinationId}::uuid`}
    order by ${order} limit ${lookMax}`;
  return { looked, order, ofEvents: tx``, end: null };
}

async function lookAt(tx: Queryable, query: DeliveryQuery, position: Position | null) {
  const organizationId = organizationByEvent(query);
  return organizationId === null
    ? ofAll(tx, query, position)
    : ofOrganization(tx, organizationId, query, position);
}

function withStatus(tx: Queryable, status: DeliveryStatus) {
  switch (status) {
    case "pending":
      return tx`and d.status = ${storedStatus.pending} and d.attempts = 0`;
    case "retrying":
      return tx`and d.status = ${storedStatus.pending} and d.attempts > 0`;
    default:
      return tx`and d.status = ${storedStatus[status]}`;
  }
}

/** Up to `limit` deliveries that pass the filters, among the next `lookMax`. */
export async function readDeliveries(tx: Queryable, query: DeliveryQuery, { limit, position }: PageRead) {
  const { looked, order, ofEvents } = await lookAt(tx, query, position);
  const { status, type, response_class: responseClass } = query.filters;
  return tx<DeliveryRow[]>`
    select * from (
      select ${deliveryColumns(tx)} from (${looked}) d ${deliveryJoins(tx)}
      where true ${ofEvents} ${status === undefined ? tx`` : withStatus(tx, status)}
        ${type === undefined ? tx`` : tx`and e.type = ${type}`}
        ${responseClass === undefined ? tx`` : tx`and ${hasResponseClass(tx, responseClass)}`}) page
    order by ${order} limit ${limit}`;
}

/** The ids of where {@link readDeliveries} stopped looking, when there may be further ones. */
export async function readHorizon(
  tx: Queryable,
  query: DeliveryQuery,
  { position }: Pick<PageRead, "position">,
): Promise<string[] | null> {
  const { looked, end } = await lookAt(tx, query, position);
  const [row] = await tx<{ id: string; event_id: string }[]>`
    select id, event_id from (${looked}) d offset ${query.lookMax - 1} limit 1`;
  const last = row ?? end;
  if (last === null) return null;
  return isByEvent(query) ? [last.event_id, last.id] : [last.id];
}
