import { apiContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Cursors } from "../lists/cursor.ts";
import { invalidCursor } from "../lists/invalid-cursor.ts";
import { type PageRead, readPage } from "../lists/page.ts";
import type { DeliveryFilters } from "./delivery-filters.ts";
import { type DeliveryRow, presentDelivery } from "./delivery-row.ts";
import { readOfOrganization, readOfSubscription } from "./read-deliveries.ts";

async function readDeliveries(
  sql: Sql,
  principal: Principal,
  filters: DeliveryFilters,
  page: PageRead,
): Promise<DeliveryRow[]> {
  if (filters.subscription_id === undefined) return readOfOrganization(sql, principal, filters, page);
  const subscriptionId = parsePublicId("sub", filters.subscription_id);
  return subscriptionId === null ? [] : readOfSubscription(sql, principal, subscriptionId, filters, page);
}

/** `GET /v1/deliveries` */
export function createListDeliveries({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.deliveries.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { limit, cursor, ...filters } = query;
    const isOfSubscription = filters.subscription_id !== undefined;
    const outcome = await readPage({
      cursors,
      scope: { organizationId: principal.organizationId, list: "deliveries", filters },
      query: { limit, cursor },
      read: (page) => readDeliveries(sql, principal, filters, page),
      idsOf: (row) => (isOfSubscription ? [row.id] : [row.event_id, row.id]),
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentDelivery), ...links } };
  });
}
