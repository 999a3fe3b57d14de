import type { Queryable } from "@carewire/db";

/** Open dead letters of one organization. */
export interface OrganizationDepth {
  organization_id: string;
  depth: number;
  oldest: Date;
}

/** Organizations with open dead letters. */
export const readDepths = (sql: Queryable): Promise<OrganizationDepth[]> =>
  sql<OrganizationDepth[]>`
    select organization_id, count(*)::int depth, min(created_at) oldest from dead_letters
    where status = 'open' group by organization_id`;
