import { discardDeadLetters } from "@carewire/bus";
import { dlqContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { type EntryRow, findEntry, presentEntry } from "./entry-row.ts";
import { noEntry } from "./no-entry.ts";
import { openPayload, showPayload } from "./open-payload.ts";

/** Discards an entry for good; null when it is not open (any more). */
function discardEntry(
  { sql, clock }: DlqDeps,
  caller: Caller,
  { id, organization_id: organizationId }: EntryRow,
  reason: string,
): Promise<EntryRow | null> {
  const actor = caller.actor;
  const target = publicId("dlq", id);
  return withTenant(sql, organizationId, async (tx) => {
    const taken = await discardDeadLetters(tx, [id], { discardedBy: actor, reason });
    if (taken.length === 0) return null;
    await appendAudit(tx, {
      organizationId,
      actor,
      action: "dead_letter.discarded",
      target,
      detail: { reason },
      now: new Date(clock.now()),
    });
    return findEntry(tx, { organizationId }, target);
  });
}

/** `DELETE /admin/dlq/:id` */
export function createDiscardEntry(deps: DlqDeps) {
  const { sql, vault } = deps;
  return initServer().route(dlqContract.deadLetters.discard, async ({ params, query, body, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const found = await runWithin(sql, access, (tx) => findEntry(tx, access, params.id));
    if (found === null) return noEntry(res);
    const reason = body?.reason ?? query.reason;
    if (reason === undefined) {
      return problemResult(res, "validation_failed", {
        detail: "Say why it is discarded, in the body or the query.",
        errors: [{ path: "reason", message: "is required", code: "required" }],
      });
    }
    const entry = await discardEntry(deps, caller, found, reason);
    if (entry === null) {
      return problemResult(res, "conflict", {
        detail:
          "It is not open (any more): it is being retried, or was resolved or discarded. Read it to see which.",
      });
    }
    return { status: 200, body: presentEntry(entry, showPayload(await openPayload(vault, entry), false)) };
  });
}
