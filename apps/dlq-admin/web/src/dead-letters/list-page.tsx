import { type Column, DataTable, EmptyState, PageHeader, StatusBadge, TimeAgo } from "@carewire/ui";
import { Text } from "@mantine/core";
import { reads } from "../api/reads.ts";
import type { DeadLetter } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { OrganizationName } from "../filters/organization-name.tsx";
import { useFilters } from "../filters/use-filters.ts";
import { BulkActions } from "./bulk-actions.tsx";
import { nameCause } from "./cause-names.ts";
import classes from "./dead-letters.module.css";
import { DeadLetterFilters } from "./filters.tsx";
import { ViewsSwitch } from "./views-switch.tsx";

const columns: Column<DeadLetter>[] = [
  { header: "What went wrong", cell: (letter) => <span className={classes.error}>{letter.error}</span> },
  { header: "Status", cell: (letter) => <StatusBadge status={letter.status} /> },
  { header: "Cause", cell: (letter) => nameCause(letter.cause) },
  {
    header: "Where",
    cell: (letter) => (
      <div className={classes.where}>
        <span className="cw-mono" title={letter.topic}>
          {letter.topic}
        </span>
        <Text size="xs" c="dimmed">
          {letter.consumer ?? "at the ingress"}
        </Text>
      </div>
    ),
  },
  { header: "Organization", cell: (letter) => <OrganizationName id={letter.organization_id} /> },
  { header: "Tries", align: "end", cell: (letter) => letter.attempts },
  { header: "Buried", cell: (letter) => <TimeAgo at={letter.created_at} /> },
];

/** Dead letters one by one, newest first. */
export function ListPage() {
  const [filters, change] = useFilters();
  const letters = useLive(["dead-letters", filters], (options) => reads.deadLetters(filters, options));
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Open one to see what it held and why it failed."
        actions={<ViewsSwitch current="/dead-letters/list" />}
      />
      <DeadLetterFilters />
      <BulkActions />
      <DataTable
        label="dead letters"
        columns={columns}
        query={letters}
        rowKey={(letter) => letter.id}
        rowTo={(letter) => `/dead-letters/${letter.id}`}
        onCursor={(cursor) => change({ cursor })}
        empty={<EmptyState title="No dead letters">Nothing matches these filters.</EmptyState>}
      />
    </>
  );
}
