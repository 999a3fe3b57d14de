import { type CreateBulkJob, dlqContract, jobDeadLettersMax, runningJobsMax } from "@carewire/contracts";
import { appendAudit } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import { countOpen } from "../bulk/select-open.ts";
import type { DlqDeps } from "../deps.ts";
import { type JobRow, presentJob, type StoredFilter } from "./job-row.ts";

/** What a job is about: its filter with an end, so that what comes later is not part of it. */
interface Wanted {
  filter: StoredFilter;
  matched: number;
}

async function lookAt(deps: DlqDeps, access: Access, { filter }: CreateBulkJob): Promise<Wanted> {
  const nowMs = deps.clock.now();
  const untilMs = Math.min(nowMs, filter.until === undefined ? nowMs : Date.parse(filter.until));
  const { organization_id: _organization, ...conditions } = filter;
  const until = new Date(untilMs).toISOString();
  const selection = { filter: { ...conditions, until }, afterId: null };
  const matched = await runWithin(deps.sql, access, (tx) =>
    countOpen(tx, access, selection, jobDeadLettersMax + 1),
  );
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { filter: { ...Object.fromEntries(given), until }, matched };
}

const wrong = (res: Response, path: string, message: string) =>
  problemResult(res, "validation_failed", {
    detail: "The bulk job was not started.",
    errors: [{ path, message, code: "invalid" }],
  });

/** Why a job is not started, or null. */
function refuse(res: Response, { action, filter, confirm_count: confirmed }: CreateBulkJob, matched: number) {
  const conditions = Object.keys(filter).filter((name) => name !== "until");
  if (action === "discard" && conditions.length === 0) {
    return wrong(res, "filter", "must name at least one condition besides until");
  }
  if (matched > jobDeadLettersMax) {
    return wrong(res, "filter", `matches more than ${jobDeadLettersMax} dead letters; narrow it`);
  }
  if (confirmed === undefined) {
    return wrong(res, "confirm_count", "is required: ask with dry_run first, and send what it counted");
  }
  if (matched <= confirmed) return null;
  return problemResult(res, "conflict", {
    detail: `${matched} dead letters match by now, ${confirmed} were confirmed. Ask with dry_run again, and send its filter.`,
  });
}

/** `topic=cari.auth.user_created`, as audit rows hold lists of texts. */
const textsOf = (filter: StoredFilter) => Object.entries(filter).map(([name, value]) => `${name}=${value}`);

/** Starts a job unless its organization has enough of them; null when it has. */
function start(deps: DlqDeps, caller: Caller, access: Access, body: CreateBulkJob, wanted: Wanted) {
  const { action, reason } = body;
  const { organizationId, actor } = caller;
  const { organizationId: targetId } = access;
  const now = new Date(deps.clock.now());
  const id = newId(now.getTime());
  return deps.sql.begin(async (tx): Promise<JobRow | null> => {
    await tx`select pg_advisory_xact_lock(hashtextextended('dead-letter-jobs:' || ${organizationId}::text, 0))`;
    const [row] = await tx<JobRow[]>`
      insert into dead_letter_jobs (id, organization_id, target_organization_id, action, filter, reason, matched,
        created_by, created_at, updated_at)
      select ${id}, ${organizationId}, ${targetId}, ${action}, ${tx.json(wanted.filter)}, ${reason},
        ${wanted.matched}, ${actor}, ${now}, ${now}
      where ${runningJobsMax} > (select count(*) from dead_letter_jobs
        where organization_id = ${organizationId} and status = 'running')
      returning *`;
    if (row === undefined) return null;
    const detail = { action, reason, matched: wanted.matched, filter: textsOf(wanted.filter) };
    const entry = {
      organizationId,
      actor,
      action: "bulk_job.started",
      target: publicId("job", id),
      detail,
      now,
    };
    await appendAudit(tx, entry);
    return row;
  });
}

/** `POST /admin/bulk-jobs` */
export function createCreateJob(deps: DlqDeps) {
  return initServer().route(dlqContract.bulkJobs.create, async ({ body, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, body.filter.organization_id);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const wanted = await lookAt(deps, access, body);
    const { filter, matched } = wanted;
    if (body.dry_run) return { status: 200, body: { dry_run: true, action: body.action, matched, filter } };
    const refusal = refuse(res, body, matched);
    if (refusal !== null) return refusal;
    const row = await start(deps, caller, access, body, wanted);
    if (row !== null) return { status: 202, body: presentJob(row) };
    return problemResult(res, "conflict", {
      detail: `${runningJobsMax} bulk jobs are running already; wait for one to end, or cancel it.`,
    });
  });
}
