import type { Queryable } from "@carewire/db";
import { firstIdAt, timestampOfId } from "@carewire/envelope";

/** What one organization received and sent in a minute. */
export interface Traffic {
  requests: number;
  events: number;
  delivered: number;
  retried: number;
  failed: number;
  dead_letters: number;
}

type Kind = keyof Traffic;

/** A minute's traffic, by organization; estimated when there was more than is counted. */
export interface CountedMinute {
  byOrganization: Map<string, Traffic>;
  estimated: boolean;
}

export const minuteMs = 60_000;

/** Rows of one kind that are counted one by one; of a minute with more, the first so many stand for the rest. */
export const countedRowsMax = 100_000;

interface GroupRow {
  organization_id: string;
  kind: Kind;
  count: number;
}

const tables = ["inbound_requests", "events", "attempts", "dead_letters"] as const;
type Table = (typeof tables)[number];

/** What a row of the table counts as. */
function kindOf(tx: Queryable, table: Table) {
  switch (table) {
    case "inbound_requests":
      return tx`'requests'`;
    case "events":
      return tx`'events'`;
    case "dead_letters":
      return tx`'dead_letters'`;
    case "attempts":
      return tx`case when next_step = 'delivered' then 'delivered'
        when next_step in ('retry', 'lost') then 'retried' else 'failed' end`;
  }
}

/** By how much the counted rows must be multiplied to stand for the whole minute. */
async function scaleOf(tx: Queryable, table: Table, startMs: number, rowsMax: number): Promise<number> {
  const [last] = await tx<{ id: string }[]>`
    select id from ${tx(table)} where id >= ${firstIdAt(startMs)}::uuid and id < ${firstIdAt(startMs + minuteMs)}::uuid
    order by id offset ${rowsMax - 1} limit 1`;
  return last === undefined ? 1 : minuteMs / Math.max(1, timestampOfId(last.id) - startMs);
}

const countTable = (tx: Queryable, table: Table, startMs: number, rowsMax: number) =>
  tx<GroupRow[]>`
    select organization_id, kind, count(*)::int count from (
      select organization_id, ${kindOf(tx, table)} kind from ${tx(table)}
      where id >= ${firstIdAt(startMs)}::uuid and id < ${firstIdAt(startMs + minuteMs)}::uuid
      order by id limit ${rowsMax}) counted
    group by 1, 2`;

/** Counts the minute that began then. Rows are found by their ids, which begin with the time: no index is needed for it. */
export async function countMinute(
  tx: Queryable,
  startMs: number,
  rowsMax: number = countedRowsMax,
): Promise<CountedMinute> {
  const byOrganization = new Map<string, Traffic>();
  let estimated = false;
  for (const table of tables) {
    const groups = await countTable(tx, table, startMs, rowsMax);
    const isCut = groups.reduce((total, { count }) => total + count, 0) >= rowsMax;
    const scale = isCut ? await scaleOf(tx, table, startMs, rowsMax) : 1;
    estimated ||= scale > 1;
    for (const { organization_id: id, kind, count } of groups) {
      const traffic = byOrganization.get(id) ?? nothing();
      traffic[kind] = Math.round(count * scale);
      byOrganization.set(id, traffic);
    }
  }
  return { byOrganization, estimated };
}

const nothing = (): Traffic => ({
  requests: 0,
  events: 0,
  delivered: 0,
  retried: 0,
  failed: 0,
  dead_letters: 0,
});
