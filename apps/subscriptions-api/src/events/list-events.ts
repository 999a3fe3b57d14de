import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import {
  beyondId,
  type Cursors,
  invalidCursor,
  type PageRead,
  type Principal,
  principalOf,
  readPage,
  withinTime,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { type EventRow, presentEvent, visibleEvents } from "./event-row.ts";

interface Filters {
  type?: string | undefined;
  subject?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

function readEvents(
  tx: postgres.TransactionSql,
  principal: Principal,
  filters: Filters,
  { limit, position }: PageRead,
) {
  const { condition, order } = beyondId(tx, "e.id", position);
  return tx<EventRow[]>`
    select e.* from events e
    where ${visibleEvents(tx, principal)} and ${condition}
      ${filters.type === undefined ? tx`` : tx`and e.type = ${filters.type}`}
      ${filters.subject === undefined ? tx`` : tx`and e.subject = ${filters.subject}`}
      ${withinTime(tx, "e.id", filters.since, filters.until)}
    order by ${order} limit ${limit}`;
}

/** `GET /v1/events` */
export function createListEvents({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.events.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { limit, cursor, ...filters } = query;
    const outcome = await readPage({
      cursors,
      scope: { organizationId: principal.organizationId, list: "events", filters },
      query: { limit, cursor },
      read: (page) =>
        withTenant(sql, principal.organizationId, (tx) => readEvents(tx, principal, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentEvent), ...links } };
  });
}
