import type { DeadLetterFilter } from "@carewire/contracts";
import type postgres from "postgres";
import type { Access } from "../access/access.ts";
import { matching } from "../entries/filters.ts";

/** Matching entries are counted up to here. */
const countMax = 10_000;

/** Open entries of one bulk step, oldest first. */
export interface OpenEntries {
  entries: { id: string; organization_id: string }[];
  /** All that match behind `afterId`, 10,000 at most. */
  matched: number;
}

export interface OpenSelection {
  filter: Omit<DeadLetterFilter, "organization_id">;
  /** Behind this id; null: from the oldest on. */
  afterId: string | null;
  limit: number;
}

/** Selects open entries behind a position: each is looked at once per run, also when it fails again meanwhile. */
export async function selectOpen(
  tx: postgres.TransactionSql,
  access: Access,
  { filter, afterId, limit }: OpenSelection,
): Promise<OpenEntries> {
  const condition = tx`${matching(tx, access, { ...filter, status: "open" })}
    ${afterId === null ? tx`` : tx`and l.id > ${afterId}::uuid`}`;
  const entries = await tx<OpenEntries["entries"]>`
    select l.id, l.organization_id from dead_letters l where ${condition} order by l.id limit ${limit}`;
  const [count] = await tx<{ matched: number }[]>`
    select count(*)::int matched from (select 1 from dead_letters l where ${condition} limit ${countMax}) counted`;
  return { entries, matched: count?.matched ?? 0 };
}
