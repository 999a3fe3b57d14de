import { overviewBreakersMax } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";

interface BreakerRow {
  subscription_id: string;
  organization_id: string;
  name: string;
  breaker: string;
  breaker_until: Date | null;
  failing_since: Date | null;
}

const countedMax = 10_000;

/** Endpoints that nothing is sent to for now, those that fail the longest first. */
export async function readBreakers(tx: Queryable, access: Access) {
  const [count] = await tx<{ open: number }[]>`
    select count(*)::int open from (
      select 1 from endpoint_state t where t.breaker <> 'closed' and ${withinAccess(tx, "t", access)}
      limit ${countedMax}) t`;
  const rows = await tx<BreakerRow[]>`
    select t.subscription_id, t.organization_id, s.name, t.breaker, t.breaker_until, t.failing_since
    from endpoint_state t join subscriptions s on s.id = t.subscription_id
    where t.breaker <> 'closed' and ${withinAccess(tx, "t", access)}
    order by t.failing_since nulls last, t.subscription_id limit ${overviewBreakersMax}`;
  const endpoints = rows.map((row) => ({
    subscription_id: publicId("sub", row.subscription_id),
    organization_id: publicId("org", row.organization_id),
    name: row.name,
    state: row.breaker === "open" ? ("open" as const) : ("half_open" as const),
    until: row.breaker_until?.toISOString() ?? null,
    failing_since: row.failing_since?.toISOString() ?? null,
  }));
  return { open: count?.open ?? 0, endpoints };
}
