import type { Queryable } from "@carewire/db";
import { firstIdAt } from "@carewire/envelope";
import type { Position } from "./cursor.ts";

/** The condition and order that a page of rows ordered by one id needs; `column` must come from the code. */
export function beyondId(sql: Queryable, column: string, position: Position | null) {
  const id = position?.ids[0] ?? null;
  const name = sql(column);
  switch (position?.direction) {
    case "newer":
      return { condition: sql`${name} > ${id}::uuid`, order: sql`${name} asc` };
    case "older":
      return { condition: sql`${name} < ${id}::uuid`, order: sql`${name} desc` };
    case undefined:
      return { condition: sql`true`, order: sql`${name} desc` };
  }
}

/** Conditions for `since` (inclusive) and `until` (exclusive) on an id column. */
export function withinTime(
  sql: Queryable,
  column: string,
  since: string | undefined,
  until: string | undefined,
) {
  const name = sql(column);
  return sql`
    ${since === undefined ? sql`` : sql`and ${name} >= ${firstIdAt(Date.parse(since))}::uuid`}
    ${until === undefined ? sql`` : sql`and ${name} < ${firstIdAt(Date.parse(until))}::uuid`}`;
}
