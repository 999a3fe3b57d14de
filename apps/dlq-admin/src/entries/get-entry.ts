import { dlqContract } from "@carewire/contracts";

import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { noEntry } from "./no-entry.ts";
import { presentDetail } from "./present-detail.ts";
import { readDetail } from "./read-detail.ts";
import { auditRevealedEntries, refuseReveal } from "./reveal.ts";

/** `GET /admin/dlq/:id` */
export function createGetEntry(deps: DlqDeps) {
  return initServer().route(dlqContract.deadLetters.get, async ({ params, query, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const refusal = refuseReveal(res, query);
    if (refusal !== null) return refusal;
    const { access } = granted;
    const detail = await runWithin(deps.sql, access, (tx) => readDetail(tx, access, params.id));
    if (detail === null) return noEntry(res);
    const { reveal = false, reason } = query;
    if (reveal && reason !== undefined) await auditRevealedEntries(deps, caller, [detail.entry], reason);
    return { status: 200, body: await presentDetail(deps.vault, detail, reveal) };
  });
}
