import { appendAudit } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import type postgres from "postgres";
import type { OpenEntry } from "./select-open.ts";

/** What was done to many entries. */
export interface TakenEntries {
  actor: string;
  action: string;
  reason: string | undefined;
  /** `job_…`; absent: a request did it. */
  job?: string;
  now: Date;
}

/** One audit row per organization, with the entries taken: in one order, so that two requests cannot wait for each other. */
export async function auditTaken(
  tx: postgres.TransactionSql,
  taken: readonly OpenEntry[],
  { actor, action, reason, job, now }: TakenEntries,
): Promise<void> {
  const byOrganization = [...Map.groupBy(taken, ({ organization_id }) => organization_id)];
  byOrganization.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [organizationId, entries] of byOrganization) {
    await appendAudit(tx, {
      organizationId,
      actor,
      action,
      target: null,
      detail: {
        count: entries.length,
        ...(reason !== undefined && { reason }),
        ...(job !== undefined && { job }),
        dead_letters: entries.map(({ id }) => publicId("dlq", id)),
      },
      now,
    });
  }
}
