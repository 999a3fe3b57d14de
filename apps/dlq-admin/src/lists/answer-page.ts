import type { Sql } from "@carewire/db";
import {
  type CursorScope,
  type Cursors,
  invalidCursor,
  type PageRead,
  readPage,
} from "@carewire/service-kit";
import type { Response } from "express";
import type postgres from "postgres";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";

/** One list of things, of one organization or of all. */
export interface ListOptions<Row, Item> {
  /** Name of the list: its cursors work nowhere else. */
  list: string;
  query: { limit: number; cursor?: string | undefined; organization_id?: string | undefined };
  /** What narrows it besides. */
  filters: Record<string, unknown>;
  read(tx: postgres.TransactionSql, access: Access, page: PageRead): Promise<Row[]>;
  idsOf(row: Row): string[];
  /** Of lists that look at a bounded number of rows: the ids of the last one looked at, when there may be more. */
  horizon?(tx: postgres.TransactionSql, access: Access, page: PageRead): Promise<string[] | null>;
  present(row: Row): Item;
}

/** Answers one page of what the caller's access allows to see. */
export async function answerPage<Row, Item>(
  { sql, cursors }: { sql: Sql; cursors: Cursors },
  res: Response,
  options: ListOptions<Row, Item>,
) {
  const caller = callerOf(res);
  const { limit, cursor, organization_id: organization } = options.query;
  const granted = grantAccess(caller, organization);
  if (!granted.ok) return refuseAccess(res, granted.reason);
  const { access } = granted;
  const { horizon } = options;
  const scope: CursorScope = {
    organizationId: caller.organizationId,
    list: options.list,
    filters: { ...options.filters, ...access },
  };
  const outcome = await readPage<Row>({
    cursors,
    scope,
    query: { limit, cursor },
    read: (page) => runWithin(sql, access, (tx) => options.read(tx, access, page)),
    idsOf: options.idsOf,
    ...(horizon && { horizon: (page) => runWithin(sql, access, (tx) => horizon(tx, access, page)) }),
  });
  if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
  const { rows, ...links } = outcome.page;
  return { status: 200, body: { data: rows.map(options.present), ...links } } as const;
}
