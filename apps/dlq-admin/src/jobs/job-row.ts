import { type BulkJob, type DeadLetterFilter, jobActions, jobStatuses } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { deadLetterJobs } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";

export type JobRow = typeof deadLetterJobs.$inferSelect;

/** A filter as it is kept and shown: what was left out is not there. */
export type StoredFilter = Record<string, string>;

/** What a kept filter says, besides the organization. */
export const filterOf = ({ organization_id: _organization, ...filter }: StoredFilter): DeadLetterFilter =>
  filter;

function oneOf<Name extends string>(names: readonly Name[], stored: string): Name {
  const known = names.find((name) => name === stored);
  if (known === undefined) throw new Error(`a bulk job has the unknown state "${stored}"`);
  return known;
}

/** A job that the access allows to see: operators see everybody's. */
export async function findJob(tx: Queryable, access: Access, given: string): Promise<JobRow | null> {
  const id = parsePublicId("job", given);
  if (id === null) return null;
  const [row] = await tx<JobRow[]>`
    select j.* from dead_letter_jobs j where j.id = ${id}::uuid and ${withinAccess(tx, "j", access)}`;
  return row ?? null;
}

export const presentJob = (row: JobRow): BulkJob => ({
  id: publicId("job", row.id),
  action: oneOf(jobActions, row.action),
  status: oneOf(jobStatuses, row.status),
  filter: row.filter,
  reason: row.reason,
  organization_id: row.target_organization_id === null ? null : publicId("org", row.target_organization_id),
  matched: row.matched,
  looked_at: row.looked_at,
  taken: row.taken,
  skipped: row.skipped,
  error: row.error,
  created_by: row.created_by,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
});

/** The answer to an id of no job. */
export const noJob = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such bulk job." });
