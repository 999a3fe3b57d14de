import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import { hasScope, problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import { type Caller, callerOf } from "../access/caller.ts";
import type { EntryRow } from "./entry-row.ts";

export interface RevealQuery {
  reveal?: boolean | undefined;
  reason?: string | undefined;
}

/** The answer to a reveal without a reason, or by who may not; null when there is nothing against it. */
export function refuseReveal(res: Response, { reveal, reason }: RevealQuery) {
  if (!reveal) return null;
  if (!hasScope(callerOf(res), "dlq:admin")) {
    return problemResult(res, "insufficient_scope", {
      detail: "Payloads are revealed to admins only: this needs the scope dlq:admin.",
    });
  }
  if (reason !== undefined) return null;
  return problemResult(res, "validation_failed", {
    detail: "Payloads are revealed with a reason only.",
    errors: [{ path: "query.reason", message: "is required with reveal", code: "required" }],
  });
}

/** What was revealed, of which organizations. */
export interface Reveal {
  /** `dead_letter.revealed` */
  action: string;
  /** By public ids. */
  targets: readonly { organizationId: string; target: string }[];
  reason: string;
}

/** Puts the reading of payloads on the audit chains of their organizations. Resolves after the commits, before any answer. */
export async function auditReveal(
  { sql, clock }: { sql: Sql; clock: Clock },
  { actor }: Caller,
  { action, targets, reason }: Reveal,
): Promise<void> {
  const byOrganization = Map.groupBy(targets, ({ organizationId }) => organizationId);
  for (const [organizationId, revealed] of byOrganization) {
    const ids = revealed.map(({ target }) => target);
    await withTenant(sql, organizationId, (tx) =>
      appendAudit(tx, {
        organizationId,
        actor,
        action,
        target: ids.length === 1 ? (ids[0] ?? null) : null,
        detail: ids.length === 1 ? { reason } : { reason, dead_letters: ids },
        now: new Date(clock.now()),
      }),
    );
  }
}

/** {@link auditReveal} of dead letters. */
export const auditRevealedEntries = (
  deps: { sql: Sql; clock: Clock },
  caller: Caller,
  rows: readonly EntryRow[],
  reason: string,
): Promise<void> =>
  auditReveal(deps, caller, {
    action: "dead_letter.revealed",
    targets: rows.map((row) => ({ organizationId: row.organization_id, target: publicId("dlq", row.id) })),
    reason,
  });
