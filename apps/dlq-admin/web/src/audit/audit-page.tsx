import {
  type Column,
  DataTable,
  describeMoment,
  EmptyState,
  JsonView,
  PageHeader,
  ShortId,
  TimeAgo,
} from "@carewire/ui";
import { Modal, Stack, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { reads } from "../api/reads.ts";
import type { AuditEntry } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { FilterBar } from "../filters/filter-bar.tsx";
import { MomentFilter } from "../filters/moment-filter.tsx";
import { OrganizationFilter } from "../filters/organization-filter.tsx";
import { OrganizationName } from "../filters/organization-name.tsx";
import { TextFilter } from "../filters/text-filter.tsx";
import { useFilters } from "../filters/use-filters.ts";
import classes from "./audit.module.css";
import { ChainState } from "./chain-state.tsx";

/** Who did what, and whether the chain of entries is whole. */
export function AuditPage() {
  const [filters, change] = useFilters();
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const entries = useLive(["audit", filters], (options) => reads.audit(filters, options));
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Who did what, to what, and why. Each entry carries the hash of the one before, so changing one breaks the chain."
      />
      <ChainState organizationId={filters.organization_id} />
      <FilterBar names={["actor", "action", "target", "organization_id", "since", "until"]}>
        <TextFilter name="action" label="Action" placeholder="dead_letter.revealed" place="first" />
        <TextFilter name="actor" label="Who" placeholder="key_…" />
        <TextFilter name="target" label="Done to" placeholder="dlq_…" />
        <OrganizationFilter />
        <MomentFilter name="since" label="From" />
        <MomentFilter name="until" label="Until" />
      </FilterBar>
      <DataTable
        label="entries"
        columns={columnsOf(setOpened)}
        query={entries}
        rowKey={(entry) => entry.id}
        onCursor={(cursor) => change({ cursor })}
        empty={<EmptyState title="No entries">Nothing that matches these filters was recorded.</EmptyState>}
      />
      {opened === null ? null : <EntryDialog entry={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

const columnsOf = (onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] => [
  {
    header: "Action",
    cell: (entry) => (
      <UnstyledButton className={classes.action} onClick={() => onOpen(entry)} data-row-link="">
        {entry.action}
      </UnstyledButton>
    ),
  },
  { header: "Who", cell: (entry) => <ShortId id={entry.actor} /> },
  { header: "Done to", cell: (entry) => (entry.target === null ? "–" : <ShortId id={entry.target} />) },
  { header: "Why", cell: (entry) => <span className={classes.why}>{reasonOf(entry)}</span> },
  { header: "Organization", cell: (entry) => <OrganizationName id={entry.organization_id} /> },
  { header: "Number", align: "end", cell: (entry) => <span className="cw-number">{entry.seq}</span> },
  { header: "When", cell: (entry) => <TimeAgo at={entry.created_at} /> },
];

function EntryDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={entry.action}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {entry.actor}, {describeMoment(entry.created_at)}
        </Text>
        <JsonView value={entry} what="entry" />
      </Stack>
    </Modal>
  );
}

function reasonOf({ detail }: AuditEntry): string {
  return typeof detail.reason === "string" ? detail.reason : "–";
}
