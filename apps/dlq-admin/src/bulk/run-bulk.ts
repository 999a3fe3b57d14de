import type { DeadLetterFilter } from "@carewire/contracts";
import { type CursorScope, invalidCursor } from "@carewire/service-kit";
import type { Response } from "express";
import type postgres from "postgres";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { auditTaken } from "./audit-taken.ts";
import { countOpen, selectOpen } from "./select-open.ts";

/** What both bulk requests say. */
export interface BulkRequest {
  filter: DeadLetterFilter;
  dry_run: boolean;
  limit: number;
  cursor?: string | undefined;
  reason?: string | undefined;
}

export interface BulkAction {
  /** Also the cursors' list. */
  name: "retry" | "discard";
  /** `dead_letters.retried` */
  audited: string;
  /** Does it to these entries; returns the ids of those it took. */
  act(tx: postgres.TransactionSql, ids: string[], actor: string): Promise<string[]>;
}

/** Matching entries are counted up to here. */
const countMax = 10_000;

/**
 * Does one bounded step of a bulk action in one transaction: with the answer's cursor the next request goes on behind it,
 * and a request that is repeated, or cut off, does nothing twice.
 */
export async function runBulk(deps: DlqDeps, res: Response, request: BulkRequest, action: BulkAction) {
  const caller = callerOf(res);
  const { organization_id: organization, ...filter } = request.filter;
  const granted = grantAccess(caller, organization);
  if (!granted.ok) return refuseAccess(res, granted.reason);
  const { access } = granted;
  const filters = { ...filter, ...access };
  const scope: CursorScope = {
    organizationId: caller.organizationId,
    list: `dlq-${action.name}`,
    filters,
  };
  const opened = request.cursor === undefined ? null : await deps.cursors.open(scope, request.cursor);
  if (opened?.ok === false) return invalidCursor(res);
  const { dry_run: isDryRun, limit } = request;
  const afterId = opened?.position.ids[0] ?? null;
  const actor = caller.actor;
  const step = await runWithin(deps.sql, access, async (tx) => {
    const selection = { filter, afterId };
    const entries = await selectOpen(tx, access, selection, limit);
    const matched = await countOpen(tx, access, selection, countMax);
    const ids = isDryRun
      ? []
      : await action.act(
          tx,
          entries.map(({ id }) => id),
          actor,
        );
    const taken = entries.filter(({ id }) => ids.includes(id));
    await auditTaken(tx, taken, {
      actor,
      action: action.audited,
      reason: request.reason,
      now: new Date(deps.clock.now()),
    });
    return { entries, matched, taken: taken.length };
  });
  const last = step.entries.at(-1);
  const hasMore = step.matched > step.entries.length && last !== undefined && !isDryRun;
  const body = {
    dry_run: isDryRun,
    matched: step.matched,
    taken: step.taken,
    skipped: isDryRun ? 0 : step.entries.length - step.taken,
    next_cursor: hasMore ? await deps.cursors.seal(scope, { direction: "newer", ids: [last.id] }) : null,
  };
  return { status: 200, body } as const;
}
