import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { beyondId, type Cursors, invalidCursor, principalOf, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type LeadRow, organizationsLeads, presentLead } from "./lead-row.ts";

/** `GET /v1/leads` */
export function createListLeads({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.leads.list, async ({ query, res }) => {
    const { organizationId, accountId } = principalOf(res);
    if (accountId !== null) return organizationsLeads(res);
    const { limit, cursor, ...filters } = query;
    const { status = null, source = null, campaign = null } = filters;
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "leads", filters },
      query: { limit, cursor },
      read: (page) =>
        withTenant(sql, organizationId, async (tx) => {
          const { condition, order } = beyondId(tx, "l.id", page.position);
          return tx<LeadRow[]>`
            select l.* from leads l where l.organization_id = ${organizationId} and ${condition}
              and (${status}::text is null or l.status = ${status})
              and (${source}::text is null or l.source = ${source})
              and (${campaign}::text is null or l.campaign = ${campaign})
            order by ${order} limit ${page.limit}`;
        }),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentLead), ...links } };
  });
}
