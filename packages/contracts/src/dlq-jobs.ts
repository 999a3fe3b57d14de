import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { bulkFilterSchema } from "./dlq.ts";
import { listOf, listQueryShape } from "./list.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

/** Dead letters that one job takes at most. */
export const jobDeadLettersMax = 1_000_000;
/** Jobs that run at the same time, of one organization. */
export const runningJobsMax = 5;

export const jobActions = ["retry", "discard"] as const;
export const jobStatuses = ["running", "done", "cancelled", "failed"] as const;

/** The body of `POST /admin/bulk-jobs`. */
export const createJobSchema = z
  .strictObject({
    action: z.enum(jobActions),
    filter: bulkFilterSchema.meta({ description: "Which open dead letters; a discard takes a condition." }),
    reason: requiredText(512).meta({ description: "Kept on the audit chain; no patient data." }),
    dry_run: z
      .boolean()
      .default(false)
      .meta({ description: "Only count. The answer holds the filter to send for exactly these." }),
    confirm_count: z.int().min(0).optional().meta({
      description: "How many a dry run found. 409 when it would be more by now; a job without it is refused.",
    }),
  })
  .meta({ id: "CreateBulkJob" });

export type CreateBulkJob = z.output<typeof createJobSchema>;

/** What a dry run found. */
export const jobCountSchema = z
  .object({
    dry_run: z.literal(true),
    action: z.enum(jobActions),
    matched: z.int(),
    filter: z.record(z.string(), z.string()).meta({
      description: "As it was sent, with an `until`: what comes later is not part of it.",
    }),
  })
  .meta({ id: "BulkJobCount" });

export const bulkJobSchema = z
  .object({
    id: publicIdSchema("job"),
    action: z.enum(jobActions),
    status: z.enum(jobStatuses),
    filter: z.record(z.string(), z.string()),
    reason: z.string(),
    organization_id: publicIdSchema("org").nullable().meta({ description: "Null: of every organization." }),
    matched: z.int().meta({ description: "How many there were when it began." }),
    looked_at: z.int().meta({ description: "How many of them it has come past." }),
    taken: z.int().meta({ description: "Retried or discarded." }),
    skipped: z.int().meta({ description: "With nobody there to take them." }),
    error: z.string().nullable(),
    created_by: z.string(),
    created_at: timestampOutput,
    updated_at: timestampOutput,
    finished_at: timestampOutput.nullable(),
  })
  .meta({ id: "BulkJob" });

export type BulkJob = z.infer<typeof bulkJobSchema>;

export const bulkJobsContract = c.router(
  {
    create: {
      method: "POST",
      path: "/admin/bulk-jobs",
      summary: "Retry or discard dead letters by filter, in the background",
      description:
        "With `dry_run` the answer is 200 and a count. A job survives restarts and can be cancelled.",
      metadata: needs("dlq:write"),
      body: createJobSchema,
      responses: { 200: jobCountSchema, 202: bulkJobSchema, 409: problemSchema, ...withBody },
    },
    list: {
      method: "GET",
      path: "/admin/bulk-jobs",
      summary: "List bulk jobs, newest first",
      metadata: needs("dlq:read"),
      query: z.object(listQueryShape),
      responses: { 200: listOf(bulkJobSchema) },
    },
    get: {
      method: "GET",
      path: "/admin/bulk-jobs/:id",
      summary: "Read a bulk job's progress",
      metadata: needs("dlq:read"),
      pathParams: idPathParams,
      responses: { 200: bulkJobSchema, ...withId },
    },
    cancel: {
      method: "POST",
      path: "/admin/bulk-jobs/:id/cancel",
      summary: "Cancel a bulk job: what it did stays done, the rest is left alone",
      description: "409 when it is over already.",
      metadata: needs("dlq:write"),
      pathParams: idPathParams,
      body: z.strictObject({}).optional(),
      responses: { 200: bulkJobSchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
