import type { CursorScope, Cursors, Position } from "./cursor.ts";

/** What a caller asked for. */
export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/** One page to read: up to `limit` rows from `position` on, nearest to it first. */
export interface PageRead {
  limit: number;
  /** Null: from the newest row. */
  position: Position | null;
}

export interface Page<Row> {
  rows: Row[];
  next_cursor: string | null;
  prev_cursor: string | null;
}

export type PageOutcome<Row> = { outcome: "page"; page: Page<Row> } | { outcome: "invalid_cursor" };

export interface PageOptions<Row> {
  cursors: Cursors;
  scope: CursorScope;
  query: PageQuery;
  /** Reads rows strictly beyond the position, in its direction (newest first without one). */
  read(page: PageRead): Promise<Row[]>;
  /** The ids that order the list. */
  idsOf(row: Row): string[];
}

/** Reads one page, newest first, and makes the cursors to its neighbours. One row too many tells whether more follow. */
export async function readPage<Row>(options: PageOptions<Row>): Promise<PageOutcome<Row>> {
  const { cursors, scope, query, read, idsOf } = options;
  const opened = query.cursor === undefined ? null : await cursors.open(scope, query.cursor);
  if (opened?.ok === false) return { outcome: "invalid_cursor" };
  const position = opened?.position ?? null;
  const found = await read({ limit: query.limit + 1, position });
  const hasMore = found.length > query.limit;
  const rows = found.slice(0, query.limit);
  const isNewer = position?.direction === "newer";
  if (isNewer) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  const hasOlder = isNewer || hasMore;
  const hasNewer = isNewer ? hasMore : position !== null;
  const next = hasOlder && last ? await cursors.seal(scope, { direction: "older", ids: idsOf(last) }) : null;
  const prev =
    hasNewer && first ? await cursors.seal(scope, { direction: "newer", ids: idsOf(first) }) : null;
  return { outcome: "page", page: { rows, next_cursor: next, prev_cursor: prev } };
}
