import type { DeadLetterFilter } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { Access } from "../access/access.ts";
import { matching } from "../entries/filters.ts";

/** An open dead letter of a bulk action. */
export interface OpenEntry {
  id: string;
  organization_id: string;
}

/** Which open dead letters. */
export interface OpenSelection {
  filter: Omit<DeadLetterFilter, "organization_id">;
  /** Behind this id; null: from the oldest on. */
  afterId: string | null;
}

function condition(tx: Queryable, access: Access, { filter, afterId }: OpenSelection) {
  return tx`${matching(tx, access, { ...filter, status: "open" })}
    ${afterId === null ? tx`` : tx`and l.id > ${afterId}::uuid`}`;
}

/** The next open entries, oldest first: each is looked at once per run, also when it fails again meanwhile. */
export const selectOpen = (tx: Queryable, access: Access, selection: OpenSelection, limit: number) =>
  tx<OpenEntry[]>`
    select l.id, l.organization_id from dead_letters l where ${condition(tx, access, selection)}
    order by l.id limit ${limit}`;

/** How many match, counted up to a limit. */
export async function countOpen(
  tx: Queryable,
  access: Access,
  selection: OpenSelection,
  countMax: number,
): Promise<number> {
  const [row] = await tx<{ matched: number }[]>`
    select count(*)::int matched from (
      select 1 from dead_letters l where ${condition(tx, access, selection)} limit ${countMax}) counted`;
  return row?.matched ?? 0;
}
