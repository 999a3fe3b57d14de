import { overviewSourcesMax } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { firstIdAt, publicId } from "@carewire/envelope";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { type Lately, sourceHealth } from "./source-health.ts";

type SourceRow = Lately & {
  id: string;
  organization_id: string;
  provider: string;
  name: string;
  last_received_at: Date | null;
};

const latelyMs = 3_600_000;
/** Requests of one source that are looked at. */
const latelyMax = 200;

/** How each source is doing. Two look-ups in the sources' own index per source. */
export async function readSources(tx: Queryable, access: Access, nowMs: number) {
  const rows = await tx<SourceRow[]>`
    select s.id, s.organization_id, s.provider, s.name, last.received_at last_received_at, lately.* from (
      select * from sources s where ${withinAccess(tx, "s", access)} order by s.id limit ${overviewSourcesMax}) s
    left join lateral (
      select received_at from inbound_requests where source_id = s.id order by id desc limit 1) last on true
    cross join lateral (
      select count(*) filter (where verdict = 'accepted')::int accepted,
        count(*) filter (where verdict = 'duplicate')::int duplicate,
        count(*) filter (where verdict = 'conflict')::int conflict,
        count(*) filter (where verdict = 'malformed')::int malformed
      from (select verdict from inbound_requests
        where source_id = s.id and id >= ${firstIdAt(nowMs - latelyMs)}::uuid order by id desc limit ${latelyMax}) r) lately
    order by s.provider, s.name, s.id`;
  return rows.map(({ accepted, duplicate, conflict, malformed, ...row }) => {
    const lately = { accepted, duplicate, conflict, malformed };
    return {
      id: publicId("src", row.id),
      organization_id: publicId("org", row.organization_id),
      provider: row.provider,
      name: row.name,
      health: sourceHealth(lately, row.last_received_at !== null),
      last_received_at: row.last_received_at?.toISOString() ?? null,
      lately,
    };
  });
}
