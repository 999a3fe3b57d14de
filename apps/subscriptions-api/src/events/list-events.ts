import { apiContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { beyondId, withinTime } from "../lists/beyond.ts";
import type { Cursors } from "../lists/cursor.ts";
import { invalidCursor } from "../lists/invalid-cursor.ts";
import { type PageRead, readPage } from "../lists/page.ts";
import { type EventRow, presentEvent, visibleEvents } from "./event-row.ts";

interface Filters {
  type?: string | undefined;
  subject?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

function readEvents(sql: Sql, principal: Principal, filters: Filters, { limit, position }: PageRead) {
  const { condition, order } = beyondId(sql, "e.id", position);
  return sql<EventRow[]>`
    select e.* from events e
    where ${visibleEvents(sql, principal)} and ${condition}
      ${filters.type === undefined ? sql`` : sql`and e.type = ${filters.type}`}
      ${filters.subject === undefined ? sql`` : sql`and e.subject = ${filters.subject}`}
      ${withinTime(sql, "e.id", filters.since, filters.until)}
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
      read: (page) => readEvents(sql, principal, filters, page),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentEvent), ...links } };
  });
}
