import {
  type Column,
  DataTable,
  describeLatency,
  EmptyState,
  Panel,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { asPage } from "../api/as-page.ts";
import type { DeadLetterDetail } from "../api/types.ts";
import classes from "./dead-letters.module.css";

type Attempt = DeadLetterDetail["attempt_history"][number];

const columns: Column<Attempt>[] = [
  { header: "Attempt", cell: (attempt) => `Try ${attempt.n}` },
  { header: "Outcome", cell: (attempt) => <StatusBadge status={attempt.outcome} /> },
  { header: "Error", cell: (attempt) => <span className={classes.error}>{attempt.error ?? "–"}</span> },
  { header: "Then", cell: (attempt) => `${attempt.next_step.replaceAll("_", " ")}: ${attempt.reason}` },
  {
    header: "Took",
    align: "end",
    cell: (attempt) => (attempt.duration_ms === null ? "–" : describeLatency(attempt.duration_ms)),
  },
  { header: "When", cell: (attempt) => <TimeAgo at={attempt.started_at} /> },
];

/** What was tried before it was given up. */
export function AttemptsTable({ attempts }: { attempts: Attempt[] }) {
  return (
    <Panel title="Attempts" padding="none">
      <DataTable
        label="attempts"
        frame="bare"
        columns={columns}
        query={asPage(attempts)}
        rowKey={(attempt) => attempt.id}
        empty={<EmptyState title="It was never tried">It failed before it reached its consumer.</EmptyState>}
      />
    </Panel>
  );
}
