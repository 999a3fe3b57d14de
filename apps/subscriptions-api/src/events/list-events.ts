import { apiContract } from "@carewire/contracts";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
import {
  beyondId,
  type Cursors,
  invalidCursor,
  type PageRead,
  type Position,
  type Principal,
  principalOf,
  readPage,
  withinTime,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type EventRow, presentEvent, visibleEvents } from "./event-row.ts";

interface Filters {
  type?: string | undefined;
  subject?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Events looked at for one page at most: behind a filter that hardly anything passes, a page comes back short. */
export const lookedAtMax = 50_000;

/** The organization's next events by their id: the only order an index has, what else is asked for is in none. */
function lookAt(tx: Queryable, { organizationId }: Principal, filters: Filters, position: Position | null) {
  const { condition, order } = beyondId(tx, "e.id", position);
  return tx`
    select e.* from events e
    where e.organization_id = ${organizationId} and ${condition}
      ${withinTime(tx, "e.id", filters.since, filters.until)}
    order by ${order} limit ${lookedAtMax}`;
}

/** Up to `limit` events that the caller may see and that pass the filters, among the next {@link lookedAtMax}. */
function readEvents(tx: Queryable, principal: Principal, filters: Filters, { limit, position }: PageRead) {
  const { type, subject } = filters;
  return tx<EventRow[]>`
    select e.* from (${lookAt(tx, principal, filters, position)}) e
    where ${visibleEvents(tx, principal)}
      ${type === undefined ? tx`` : tx`and e.type = ${type}`}
      ${subject === undefined ? tx`` : tx`and e.subject = ${subject}`}
    order by ${beyondId(tx, "e.id", position).order} limit ${limit}`;
}

/** The last event that {@link readEvents} looked at, when there may be further ones; else null. */
async function readHorizon(tx: Queryable, principal: Principal, filters: Filters, { position }: PageRead) {
  const [row] = await tx<{ id: string }[]>`
    select id from (${lookAt(tx, principal, filters, position)}) e offset ${lookedAtMax - 1} limit 1`;
  return row === undefined ? null : [row.id];
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
      horizon: (page) =>
        withTenant(sql, principal.organizationId, (tx) => readHorizon(tx, principal, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentEvent), ...links } };
  });
}
