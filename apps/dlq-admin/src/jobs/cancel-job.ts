import { dlqContract } from "@carewire/contracts";
import { appendAudit, type Queryable } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { findJob, type JobRow, noJob, presentJob } from "./job-row.ts";

/** Waits for the step that is under way; null when the job is over. */
async function cancel(tx: Queryable, id: string, now: Date): Promise<JobRow | null> {
  const [row] = await tx<JobRow[]>`
    update dead_letter_jobs set status = 'cancelled', updated_at = ${now}, finished_at = ${now}
    where id = ${id} and status = 'running' returning *`;
  return row ?? null;
}

/** `POST /admin/bulk-jobs/:id/cancel` */
export function createCancelJob({ sql, clock }: DlqDeps) {
  return initServer().route(dlqContract.bulkJobs.cancel, async ({ params, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const job = await runWithin(sql, access, (tx) => findJob(tx, access, params.id));
    if (job === null) return noJob(res);
    const now = new Date(clock.now());
    const cancelled = await runWithin(sql, access, async (tx) => {
      const row = await cancel(tx, job.id, now);
      if (row === null) return null;
      const { organization_id: organizationId, taken } = row;
      const entry = { organizationId, actor: caller.actor, action: "bulk_job.cancelled", detail: { taken } };
      await appendAudit(tx, { ...entry, target: publicId("job", row.id), now });
      return row;
    });
    if (cancelled !== null) return { status: 200, body: presentJob(cancelled) };
    return problemResult(res, "conflict", { detail: "It is over already; read it to see how it ended." });
  });
}
