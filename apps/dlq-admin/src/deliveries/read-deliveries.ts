import type { DeliveryStatus } from "@carewire/contracts";
import { hasResponseClass, type Queryable, type ResponseClass } from "@carewire/db";
import { beyondId, type PageRead, type Position, storedStatus, withinTime } from "@carewire/service-kit";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { type DeliveryRow, deliveryColumns, deliveryJoins } from "./delivery-row.ts";

/**
 * Deliveries that one page looks at: behind a filter that hardly anything passes it comes back short. A class of answer
 * is looked up in the attempts, which costs more.
 */
const lookedAtMax = ({ response_class: responseClass }: DeliveryFilters) =>
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
}

/** True when the list is ordered by its events: an organization's deliveries are found through them. */
export const isByEvent = ({
  access,
  destinationId,
}: Pick<DeliveryQuery, "access" | "destinationId">): boolean =>
  access.organizationId !== null && destinationId === null;

function beyondEvent(tx: Queryable, position: Position | null) {
  const [eventId = null, id = null] = position?.ids ?? [];
  switch (position?.direction) {
    case "newer":
      return {
        condition: tx`e.id >= ${eventId}::uuid and (e.id, d.id) > (${eventId}::uuid, ${id}::uuid)`,
        order: tx`event_id asc, id asc`,
      };
    case "older":
      return {
        condition: tx`e.id <= ${eventId}::uuid and (e.id, d.id) < (${eventId}::uuid, ${id}::uuid)`,
        order: tx`event_id desc, id desc`,
      };
    case undefined:
      return { condition: tx`true`, order: tx`event_id desc, id desc` };
  }
}

/** The next deliveries in the order of the list. Deliveries have no index by organization, events have. */
function lookAt(tx: Queryable, query: DeliveryQuery, position: Position | null) {
  const { access, destinationId, filters } = query;
  const created = withinTime(tx, "d.id", filters.since, filters.until);
  if (isByEvent(query)) {
    const { condition, order } = beyondEvent(tx, position);
    const looked = tx`
      select d.* from events e join deliveries d on d.event_id = e.id
      where ${withinAccess(tx, "e", access)} and ${condition} ${created} order by ${order} limit ${lookedAtMax(filters)}`;
    return { looked, order };
  }
  const { condition } = beyondId(tx, "d.id", position);
  const order = position?.direction === "newer" ? tx`id asc` : tx`id desc`;
  const looked = tx`
    select d.* from deliveries d
    where ${withinAccess(tx, "d", access)} and ${condition} ${created}
      ${destinationId === null ? tx`` : tx`and d.destination_id = ${destinationId}::uuid`}
    order by ${order} limit ${lookedAtMax(filters)}`;
  return { looked, order };
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

/** Up to `limit` deliveries that pass the filters, among the next {@link lookedAtMax}. */
export function readDeliveries(tx: Queryable, query: DeliveryQuery, { limit, position }: PageRead) {
  const { looked, order } = lookAt(tx, query, position);
  const { status, type, response_class: responseClass } = query.filters;
  return tx<DeliveryRow[]>`
    select * from (
      select ${deliveryColumns(tx)} from (${looked}) d ${deliveryJoins(tx)}
      where true ${status === undefined ? tx`` : withStatus(tx, status)}
        ${type === undefined ? tx`` : tx`and e.type = ${type}`}
        ${responseClass === undefined ? tx`` : tx`and ${hasResponseClass(tx, responseClass)}`}) page
    order by ${order} limit ${limit}`;
}

/** The ids of the last delivery looked at, when there may be further ones. */
export async function readHorizon(
  tx: Queryable,
  query: DeliveryQuery,
  { position }: PageRead,
): Promise<string[] | null> {
  const { looked } = lookAt(tx, query, position);
  const [row] = await tx<{ id: string; event_id: string }[]>`
    select id, event_id from (${looked}) d offset ${lookedAtMax(query.filters) - 1} limit 1`;
  if (row === undefined) return null;
  return isByEvent(query) ? [row.event_id, row.id] : [row.id];
}
