import { apiContract, type EventTypeList, ownEventTypesMax } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
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

/** `GET /v1/event-types`: for accounts too; what an organization's events look like is what its subscribers need. */
export function createListEventTypes({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.eventTypes.list, async ({ res }) => {
    const { organizationId } = principalOf(res);
    const own = await withTenant(
      sql,
      organizationId,
      (tx) => tx<EventTypeRow[]>`
        select * from event_types where organization_id = ${organizationId} order by type limit ${ownEventTypesMax}`,
    );
    const data = [...catalogView.values(), ...own.map(presentOwnType)];
    data.sort((a, b) => (a.type < b.type ? -1 : 1));
    return { status: 200, body: { data, groups: groupsOf(data.map(({ type }) => type)) } };
  });
}
