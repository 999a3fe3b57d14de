import type { adminSessionContract } from "@carewire/contracts";
import { call } from "@carewire/ui";
import type { BulkJob, JobRequest, Routes } from "./types.ts";

type JobCount = Extract<Awaited<ReturnType<typeof createJob>>, { dry_run: true }>;

const createJob = (body: JobRequest) =>
  call<Routes["bulkJobs"]["create"]>("POST", "/admin/bulk-jobs", { body });

/** Counts what a bulk job would take; its filter then stands for exactly these. */
export async function countJob(request: Omit<JobRequest, "dry_run">): Promise<JobCount> {
  return (await createJob({ ...request, dry_run: true })) as JobCount;
}

/** Starts a bulk job over what was counted. */
export async function startJob(request: Omit<JobRequest, "dry_run">): Promise<BulkJob> {
  return (await createJob(request)) as BulkJob;
}

/** Everything else the pages change, by route. */
export const writes = {
  signIn: (apiKey: string) =>
    call<(typeof adminSessionContract)["create"]>("POST", "/session", { body: { api_key: apiKey } }),
  signOut: () => call<(typeof adminSessionContract)["remove"]>("DELETE", "/session", { body: {} }),
  retry: (id: string, reason: string | undefined, payload?: string) =>
    call<Routes["deadLetters"]["retry"]>("POST", "/admin/dlq/:id/retry", {
      params: { id },
      body: { reason, payload },
    }),
  discard: (id: string, reason: string | undefined) =>
    call<Routes["deadLetters"]["discard"]>("DELETE", "/admin/dlq/:id", {
      params: { id },
      query: {},
      body: { reason },
    }),
  cancelJob: (id: string) =>
    call<Routes["bulkJobs"]["cancel"]>("POST", "/admin/bulk-jobs/:id/cancel", { params: { id }, body: {} }),
  replayInbound: (id: string, reason: string) =>
    call<Routes["inboundRequests"]["replay"]>("POST", "/admin/inbound-requests/:id/replay", {
      params: { id },
      body: { reason },
    }),
  pauseConsumer: (name: string, reason: string) =>
    call<Routes["consumers"]["pause"]>("POST", "/admin/consumers/:name/pause", {
      params: { name },
      body: { reason },
    }),
  resumeConsumer: (name: string, reason: string) =>
    call<Routes["consumers"]["resume"]>("POST", "/admin/consumers/:name/resume", {
      params: { name },
      body: { reason },
    }),
};
