import {
  AllowedButton,
  type Column,
  ConfirmWithReason,
  DataTable,
  EmptyState,
  PageHeader,
  ShortId,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Progress, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reads } from "../api/reads.ts";
import type { BulkJob } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { writes } from "../api/writes.ts";
import { useFilters } from "../filters/use-filters.ts";
import { refusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";
import classes from "./jobs-page.module.css";

const runningIntervalMs = 1_000;
const idleIntervalMs = 5_000;

/** Retries and discards of many at once: how far they are, and stopping them. */
export function JobsPage() {
  const [filters, change] = useFilters();
  const [cancelled, setCancelled] = useState<BulkJob | null>(null);
  const [isBusy, setBusy] = useState(false);
  const jobs = useLive(
    ["bulk-jobs", filters],
    async (options) => {
      const page = await reads.jobs(filters, options);
      setBusy(page.data.some(({ status }) => status === "running"));
      return page;
    },
    { intervalMs: isBusy ? runningIntervalMs : idleIntervalMs },
  );
  return (
    <>
      <PageHeader
        title="Bulk jobs"
        description="Retries and discards of many dead letters. They go on without this page, and after a restart."
      />
      <DataTable
        label="jobs"
        columns={columnsOf(setCancelled)}
        query={jobs}
        rowKey={(job) => job.id}
        onCursor={(cursor) => change({ cursor })}
        empty={
          <EmptyState title="No bulk jobs yet">
            Filter dead letters, then choose “Retry all that match” there.
          </EmptyState>
        }
      />
      {cancelled === null ? null : <CancelDialog job={cancelled} onClose={() => setCancelled(null)} />}
    </>
  );
}

const columnsOf = (onCancel: (job: BulkJob) => void): Column<BulkJob>[] => [
  {
    header: "Job",
    cell: (job) => (
      <>
        <Text size="sm" fw={550}>
          {job.action === "retry" ? "Retry" : "Discard"} {job.matched.toLocaleString("en")}
        </Text>
        <Text size="xs" c="dimmed" className={classes.filter}>
          {describeFilter(job.filter)}
        </Text>
      </>
    ),
  },
  { header: "Status", cell: (job) => <StatusBadge status={job.status} /> },
  { header: "Progress", width: 220, cell: (job) => <JobProgress job={job} /> },
  { header: "Reason", cell: (job) => <span className={classes.filter}>{job.reason}</span> },
  {
    header: "Started",
    cell: (job) => (
      <div>
        <TimeAgo at={job.created_at} />
        <Text size="xs" c="dimmed">
          <ShortId id={job.created_by} />
        </Text>
      </div>
    ),
  },
  { header: "Actions", align: "end", cell: (job) => <CancelButton job={job} onCancel={onCancel} /> },
];

function JobProgress({ job }: { job: BulkJob }) {
  const share = job.matched === 0 ? 100 : Math.min(100, (100 * job.looked_at) / job.matched);
  const skipped = job.skipped === 0 ? "" : `, ${job.skipped.toLocaleString("en")} skipped`;
  return (
    <div className={classes.progress}>
      <Progress
        value={job.status === "done" ? 100 : share}
        color={job.status === "failed" ? "red" : undefined}
        aria-label={`Progress of ${job.action}`}
        size="sm"
      />
      <Text size="xs" className="cw-number">
        {job.taken.toLocaleString("en")} of {job.matched.toLocaleString("en")}{" "}
        {job.action === "retry" ? "sent back" : "discarded"}
        {skipped}
      </Text>
      {job.error === null ? null : (
        <Text size="xs" c="var(--cw-bad)">
          {job.error}
        </Text>
      )}
    </div>
  );
}

function CancelButton({ job, onCancel }: { job: BulkJob; onCancel: (job: BulkJob) => void }) {
  const user = useUser();
  if (job.status !== "running") return null;
  return (
    <AllowedButton
      variant="default"
      size="compact-xs"
      refusal={refusalFor(user, "operator")}
      onClick={() => onCancel(job)}
    >
      Cancel
    </AllowedButton>
  );
}

function CancelDialog({ job, onClose }: { job: BulkJob; onClose: () => void }) {
  const queryClient = useQueryClient();
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title="Cancel this job?"
      confirmLabel="Cancel the job"
      tone="danger"
      reason="none"
      onConfirm={async () => {
        await writes.cancelJob(job.id);
        await queryClient.invalidateQueries({ queryKey: ["bulk-jobs"] });
      }}
    >
      <Text size="sm">
        What it did so far stays done. The rest of its {job.matched.toLocaleString("en")} dead letters are
        left as they are.
      </Text>
    </ConfirmWithReason>
  );
}

function describeFilter(filter: BulkJob["filter"]): string {
  const parts = Object.entries(filter).filter(([name]) => name !== "until");
  return parts.length === 0
    ? "everything open"
    : parts.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(", ");
}
