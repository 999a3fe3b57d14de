import { apiContract, type EventTypeList, type EventTypeView, ownEventTypesMax } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { type Cursors, invalidCursor, type PageRead, principalOf, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { catalogView } from "./catalog-view.ts";
import { type EventTypeRow, presentOwnType } from "./event-type-row.ts";
import { prefixPatterns } from "./patterns-for.ts";

function groupsOf(types: string[]): EventTypeList["groups"] {
  const groups = new Map<string, string[]>();
  for (const type of types) {
    for (const pattern of prefixPatterns(type)) groups.set(pattern, [...(groups.get(pattern) ?? []), type]);
  }
  return [...groups].map(([pattern, members]) => ({ pattern, types: members }));
}

async function readTypes(sql: Sql, organizationId: string): Promise<EventTypeView[]> {
  const own = await withTenant(
    sql,
    organizationId,
    (tx) => tx<EventTypeRow[]>`
      select * from event_types where organization_id = ${organizationId} order by type limit ${ownEventTypesMax}`,
  );
  const types = [...catalogView.values(), ...own.map(presentOwnType)];
  return types.sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** The types beyond the position, nearest to it first; they are sorted by name. */
function beyondType(types: EventTypeView[], { limit, position }: PageRead): EventTypeView[] {
  if (position === null) return types.slice(0, limit);
  const from = position.ids[0] ?? "";
  if (position.direction === "older") return types.filter(({ type }) => type > from).slice(0, limit);
  return types
    .filter(({ type }) => type < from)
    .reverse()
    .slice(0, limit);
}

/** `GET /v1/event-types`: for accounts too; what an organization's events look like is what its subscribers need. */
export function createListEventTypes({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.eventTypes.list, async ({ query, res }) => {
    const { organizationId } = principalOf(res);
    const types = await readTypes(sql, organizationId);
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "event_types", filters: {} },
      query,
      read: async (page) => beyondType(types, page),
      idsOf: ({ type }) => [type],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows, ...links, groups: groupsOf(types.map(({ type }) => type)) } };
  });
}
