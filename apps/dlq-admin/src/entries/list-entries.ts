import { dlqContract } from "@carewire/contracts";
import { beyondId, invalidCursor, type PageRead, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { type EntryRow, entryColumns, listedPayloadBytesMax, presentEntry } from "./entry-row.ts";
import { type EntryFilters, matching } from "./filters.ts";
import { showListedPayload } from "./open-payload.ts";
import { auditRevealedEntries, refuseReveal } from "./reveal.ts";

function readEntries(
  tx: postgres.TransactionSql,
  access: Access,
  filters: EntryFilters,
  { limit, position }: PageRead,
): Promise<EntryRow[]> {
  const { condition, order } = beyondId(tx, "l.id", position);
  return tx<EntryRow[]>`
    select ${entryColumns(tx, listedPayloadBytesMax)} from dead_letters l left join events e on e.id = l.event_id
    where ${matching(tx, access, filters)} and ${condition} order by ${order} limit ${limit}`;
}

/** `GET /admin/dlq` */
export function createListEntries(deps: DlqDeps) {
  const { sql, vault, cursors } = deps;
  return initServer().route(dlqContract.deadLetters.list, async ({ query, res }) => {
    const caller = callerOf(res);
    const { limit, cursor, reveal, reason, organization_id: organization, ...filters } = query;
    const granted = grantAccess(caller, organization);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const refusal = refuseReveal(res, { reveal, reason });
    if (refusal !== null) return refusal;
    const { access } = granted;
    const scope = {
      organizationId: caller.organizationId,
      list: "dlq",
      filters: { ...filters, ...access },
    };
    const outcome = await readPage({
      cursors,
      scope,
      query: { limit, cursor },
      read: (page) => runWithin(sql, access, (tx) => readEntries(tx, access, filters, page)),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    if (reveal && reason !== undefined) await auditRevealedEntries(deps, caller, rows, reason);
    const data = await Promise.all(
      rows.map(async (row) => presentEntry(row, await showListedPayload(vault, row, reveal === true))),
    );
    return { status: 200, body: { data, ...links } };
  });
}
