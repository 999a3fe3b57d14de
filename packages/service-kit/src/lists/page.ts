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
  /**
   * For lists that look at a bounded number of rows for one page: the ids of the last one looked at when that bound
   * was reached, else null. Asked for after a page that came back short.
   */
  horizon?(page: PageRead): Promise<string[] | null>;
}

/** Reads one page, newest first, and makes the cursors to its neighbours. One row too many tells whether more follow. */
export async function readPage<Row>(options: PageOptions<Row>): Promise<PageOutcome<Row>> {
  const { cursors, scope, query, read, idsOf } = options;
  const opened = query.cursor === undefined ? null : await cursors.open(scope, query.cursor);
  if (opened?.ok === false) return { outcome: "invalid_cursor" };
  const position = opened?.position ?? null;
  const wanted = { limit: query.limit + 1, position };
  const found = await read(wanted);
  const rows = found.slice(0, query.limit);
  const farthest = rows.at(-1);
  const isFull = found.length > query.limit && farthest !== undefined;
  const onward = isFull ? idsOf(farthest) : ((await options.horizon?.(wanted)) ?? null);
  const isNewer = position?.direction === "newer";
  if (isNewer) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  // Where a reader came from, there is a page.
  const older = isNewer ? last && idsOf(last) : onward;
  const newer = isNewer ? onward : position && first && idsOf(first);
  const next = older ? await cursors.seal(scope, { direction: "older", ids: older }) : null;
  const prev = newer ? await cursors.seal(scope, { direction: "newer", ids: newer }) : null;
  return { outcome: "page", page: { rows, next_cursor: next, prev_cursor: prev } };
}
