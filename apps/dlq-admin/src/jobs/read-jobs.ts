import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { beyondId, type PageRead } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { answerPage } from "../lists/answer-page.ts";
import { findJob, type JobRow, noJob, presentJob } from "./job-row.ts";

function readJobs(tx: Queryable, access: Access, { limit, position }: PageRead) {
  const { condition, order } = beyondId(tx, "j.id", position);
  return tx<JobRow[]>`
    select j.* from dead_letter_jobs j where ${withinAccess(tx, "j", access)} and ${condition}
    order by ${order} limit ${limit}`;
}

/** `GET /admin/bulk-jobs`, `GET /admin/bulk-jobs/:id` */
export function createReadJobs(deps: DlqDeps) {
  const server = initServer();
  return {
    list: server.route(dlqContract.bulkJobs.list, ({ query, res }) =>
      answerPage(deps, res, {
        list: "bulk-jobs",
        query,
        filters: {},
        read: readJobs,
        idsOf: (row: JobRow) => [row.id],
        present: presentJob,
      }),
    ),
    get: server.route(dlqContract.bulkJobs.get, async ({ params, res }) => {
      const granted = grantAccess(callerOf(res), undefined);
      if (!granted.ok) return refuseAccess(res, granted.reason);
      const { access } = granted;
      const row = await runWithin(deps.sql, access, (tx) => findJob(tx, access, params.id));
      return row === null ? noJob(res) : { status: 200, body: presentJob(row) };
    }),
  };
}
