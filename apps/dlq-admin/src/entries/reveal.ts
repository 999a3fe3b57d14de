import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import { type Principal, problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import { actorOf } from "../access/actor.ts";
import type { EntryRow } from "./entry-row.ts";

export interface RevealQuery {
  reveal?: boolean | undefined;
  reason?: string | undefined;
}

/** The answer to a reveal without a reason, or null. */
export function refuseReveal(res: Response, { reveal, reason }: RevealQuery) {
  if (!reveal || reason !== undefined) return null;
  return problemResult(res, "validation_failed", {
    detail: "Payloads are revealed with a reason only.",
    errors: [{ path: "query.reason", message: "is required with reveal", code: "required" }],
  });
}

/** Puts the reading of payloads on the audit chains of their organizations. Resolves after the commits, before any answer. */
export async function auditReveal(
  { sql, clock }: { sql: Sql; clock: Clock },
  principal: Principal,
  rows: readonly EntryRow[],
  reason: string,
): Promise<void> {
  const byOrganization = Map.groupBy(rows, (row) => row.organization_id);
  for (const [organizationId, revealed] of byOrganization) {
    const ids = revealed.map(({ id }) => publicId("dlq", id));
    await withTenant(sql, organizationId, (tx) =>
      appendAudit(tx, {
        organizationId,
        actor: actorOf(principal),
        action: "dead_letter.revealed",
        target: ids.length === 1 ? (ids[0] ?? null) : null,
        detail: ids.length === 1 ? { reason } : { reason, dead_letters: ids },
        now: new Date(clock.now()),
      }),
    );
  }
}
