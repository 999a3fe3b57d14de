import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";

import { initServer } from "@ts-rest/express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import { type Depth, isAlert } from "../alerts/alert-rule.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "./entry-row.ts";

/** How many dead letters are open, and since when. */
export async function readDepth(tx: Queryable, access: Access): Promise<Depth> {
  const open = tx`l.status = 'open' and ${withinAccess(tx, "l", access)}`;
  const [row] = await tx<{ depth: number; oldest: Date | null }[]>`
    select (select count(*)::int from dead_letters l where ${open}) depth,
      (select created_at from dead_letters l where ${open} order by l.id limit 1) oldest`;
  return { depth: row?.depth ?? 0, oldestAt: row?.oldest ?? null };
}

/** `GET /admin/dlq/depth` */
export function createGetDepth({ sql, clock, alertRule }: DlqDeps) {
  return initServer().route(dlqContract.deadLetters.depth, async ({ query, res }) => {
    const granted = grantAccess(callerOf(res), query.organization_id);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const found = await runWithin(sql, access, (tx) => readDepth(tx, access));
    return {
      status: 200,
      body: {
        depth: found.depth,
        alert: isAlert(found, alertRule, clock.now()),
        oldest_event: found.oldestAt?.toISOString() ?? null,
      },
    };
  });
}
