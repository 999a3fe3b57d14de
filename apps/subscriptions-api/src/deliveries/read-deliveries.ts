import type { Sql } from "@carewire/db";
import type { Principal } from "@carewire/service-kit";
import { beyondId } from "../lists/beyond.ts";
import type { Position } from "../lists/cursor.ts";
import type { PageRead } from "../lists/page.ts";
import { type DeliveryFilters, filterDeliveries } from "./delivery-filters.ts";
import { type DeliveryRow, deliveryColumns, deliveryJoins, visibleDeliveries } from "./delivery-row.ts";

/** One subscription's deliveries, by their id: `deliveries_by_destination` has them in that order. */
export function readOfSubscription(
  sql: Sql,
  principal: Principal,
  subscriptionId: string,
  filters: DeliveryFilters,
  { limit, position }: PageRead,
) {
  const { condition, order } = beyondId(sql, "d.id", position);
  return sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries d ${deliveryJoins(sql)}
    where d.destination_id = ${subscriptionId} and ${visibleDeliveries(sql, principal)} and ${condition}
      ${filterDeliveries(sql, filters)}
    order by ${order} limit ${limit}`;
}

function beyondEvent(sql: Sql, position: Position | null) {
  const [eventId = null, id = null] = position?.ids ?? [];
  switch (position?.direction) {
    case "newer":
      return {
        condition: sql`e.id >= ${eventId}::uuid and (e.id, d.id) > (${eventId}::uuid, ${id}::uuid)`,
        order: sql`e.id asc, d.id asc`,
      };
    case "older":
      return {
        condition: sql`e.id <= ${eventId}::uuid and (e.id, d.id) < (${eventId}::uuid, ${id}::uuid)`,
        order: sql`e.id desc, d.id desc`,
      };
    case undefined:
      return { condition: sql`true`, order: sql`e.id desc, d.id desc` };
  }
}

/**
 * A whole organization's deliveries, by their event and then their id: deliveries have no index by organization (it
 * would cost every delivery), events have.
 */
export function readOfOrganization(
  sql: Sql,
  principal: Principal,
  filters: DeliveryFilters,
  { limit, position }: PageRead,
) {
  const { condition, order } = beyondEvent(sql, position);
  return sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries d ${deliveryJoins(sql)}
    where e.organization_id = ${principal.organizationId} and ${visibleDeliveries(sql, principal)} and ${condition}
      ${filterDeliveries(sql, filters)}
    order by ${order} limit ${limit}`;
}
