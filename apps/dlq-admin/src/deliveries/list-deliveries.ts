import { dlqContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { initServer } from "@ts-rest/express";
import { grantAccess } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { answerPage } from "../lists/answer-page.ts";
import { type DeliveryRow, presentDelivery } from "./delivery-row.ts";
import { isByEvent, lookedAtMax, readDeliveries, readHorizon } from "./read-deliveries.ts";

interface GivenDestination {
  subscription_id?: string | undefined;
  consumer?: string | undefined;
}

type Destination = { kind: "any" } | { kind: "one"; id: string } | { kind: "nowhere" };

/** Where the deliveries go that are asked for. */
async function findDestination(sql: Sql, given: GivenDestination): Promise<Destination> {
  const { subscription_id: subscription, consumer } = given;
  if (subscription === undefined && consumer === undefined) return { kind: "any" };
  if (subscription !== undefined && consumer !== undefined) return { kind: "nowhere" };
  if (subscription !== undefined) {
    const id = parsePublicId("sub", subscription);
    return id === null ? { kind: "nowhere" } : { kind: "one", id };
  }
  const [row] = await sql<{ id: string }[]>`select id from consumers where name = ${consumer ?? ""}`;
  return row === undefined ? { kind: "nowhere" } : { kind: "one", id: row.id };
}

/** `GET /admin/deliveries` */
export function createListDeliveries(deps: DlqDeps) {
  return initServer().route(dlqContract.deliveries.list, async ({ query, res }) => {
    const { limit: _limit, cursor: _cursor, organization_id: organization, ...narrowed } = query;
    const { subscription_id, consumer, ...filters } = narrowed;
    const destination = await findDestination(deps.sql, { subscription_id, consumer });
    const granted = grantAccess(callerOf(res), organization);
    const destinationId = destination.kind === "one" ? destination.id : null;
    const byEvent = granted.ok && isByEvent({ access: granted.access, destinationId });
    const lookMax = lookedAtMax(filters);
    const isNowhere = destination.kind === "nowhere";
    return answerPage(deps, res, {
      list: "deliveries",
      query,
      filters: narrowed,
      read: async (tx, access, page) =>
        isNowhere ? [] : await readDeliveries(tx, { access, destinationId, filters, lookMax }, page),
      horizon: async (tx, access, page) =>
        isNowhere ? null : await readHorizon(tx, { access, destinationId, filters, lookMax }, page),
      idsOf: (row: DeliveryRow) => (byEvent ? [row.event_id, row.id] : [row.id]),
      present: presentDelivery,
    });
  });
}
