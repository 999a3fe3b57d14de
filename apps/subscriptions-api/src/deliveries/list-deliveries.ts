import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { type Cursors, invalidCursor, type Principal, principalOf, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { findEvent } from "../events/find-event.ts";
import type { DeliveryFilters } from "./delivery-filters.ts";
import { type DeliveryRow, presentDelivery } from "./delivery-row.ts";
import {
  type DeliveryParents,
  isOfParent,
  lookedAtMax,
  readDeliveries,
  readHorizon,
} from "./read-deliveries.ts";

interface GivenParents {
  event_id?: string | undefined;
  replay_id?: string | undefined;
  subscription_id?: string | undefined;
}

/** The row ids behind what the caller named; null when one of them is nothing it can see. */
async function findParents(
  tx: postgres.TransactionSql,
  principal: Principal,
  given: GivenParents,
): Promise<DeliveryParents | null> {
  const event = given.event_id === undefined ? null : await findEvent(tx, principal, given.event_id);
  const parents = {
    eventId: event?.id ?? null,
    replayJobId: given.replay_id === undefined ? null : parsePublicId("rpl", given.replay_id),
    subscriptionId: given.subscription_id === undefined ? null : parsePublicId("sub", given.subscription_id),
  };
  const isNowhere =
    (given.event_id !== undefined && parents.eventId === null) ||
    (given.replay_id !== undefined && parents.replayJobId === null) ||
    (given.subscription_id !== undefined && parents.subscriptionId === null);
  return isNowhere ? null : parents;
}

/** `GET /v1/deliveries` */
export function createListDeliveries({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.deliveries.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { limit, cursor, event_id, replay_id, subscription_id, ...filters } = query;
    const given = { event_id, replay_id, subscription_id };
    const parents = await withTenant(sql, principal.organizationId, (tx) =>
      findParents(tx, principal, given),
    );
    if (parents === null) return { status: 200, body: { data: [], next_cursor: null, prev_cursor: null } };
    const narrowed: DeliveryFilters = filters;
    const idsOf = (row: { id: string; event_id: string }) =>
      isOfParent(parents) ? [row.id] : [row.event_id, row.id];
    const outcome = await readPage<DeliveryRow>({
      cursors,
      scope: {
        organizationId: principal.organizationId,
        list: "deliveries",
        filters: { ...given, ...filters },
      },
      query: { limit, cursor },
      read: (page) =>
        withTenant(sql, principal.organizationId, (tx) =>
          readDeliveries(tx, principal, parents, { ...page, filters: narrowed, lookMax: lookedAtMax }),
        ),
      async horizon({ position }) {
        const row = await withTenant(sql, principal.organizationId, (tx) =>
          readHorizon(tx, principal, parents, { position, filters: narrowed, lookMax: lookedAtMax }),
        );
        return row && idsOf(row);
      },
      idsOf,
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentDelivery), ...links } };
  });
}
