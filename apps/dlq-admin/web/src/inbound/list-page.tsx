import { type Column, DataTable, EmptyState, PageHeader, ShortId, StatusBadge, TimeAgo } from "@carewire/ui";
import { reads } from "../api/reads.ts";
import type { InboundRequest } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { ChoiceFilter } from "../filters/choice-filter.tsx";
import { FilterBar } from "../filters/filter-bar.tsx";
import { MomentFilter } from "../filters/moment-filter.tsx";
import { OrganizationFilter } from "../filters/organization-filter.tsx";
import { OrganizationName } from "../filters/organization-name.tsx";
import { TextFilter } from "../filters/text-filter.tsx";
import { useFilters } from "../filters/use-filters.ts";
import { verdictTones } from "./verdict-tone.ts";

const filterNames = ["provider", "verdict", "organization_id", "source_id", "since", "until"];

const columns: Column<InboundRequest>[] = [
  { header: "Request", cell: (request) => <ShortId id={request.id} /> },
  { header: "Provider", cell: (request) => request.source?.provider ?? "removed source" },
  {
    header: "Verdict",
    cell: (request) => <StatusBadge status={request.verdict} tone={verdictTones[request.verdict]} />,
  },
  { header: "Reason", cell: (request) => request.reason ?? "–" },
  { header: "Organization", cell: (request) => <OrganizationName id={request.organization_id} /> },
  { header: "Bytes", align: "end", cell: (request) => request.body_bytes.toLocaleString("en") },
  { header: "Received", cell: (request) => <TimeAgo at={request.received_at} /> },
];

/** What providers sent, by source and verdict. */
export function InboundListPage() {
  const [filters, change] = useFilters();
  const requests = useLive(["inbound", filters], (options) => reads.inboundRequests(filters, options));
  return (
    <>
      <PageHeader
        title="Inbound requests"
        description="Every request whose signature was verified, and what became of it. Others leave no trace but a metric."
      />
      <FilterBar names={filterNames}>
        <TextFilter name="provider" label="Provider" placeholder="stripe" place="first" />
        <ChoiceFilter name="verdict" label="Verdict" choices={Object.keys(verdictTones)} />
        <OrganizationFilter />
        {filters.source_id ? <TextFilter name="source_id" label="Source" /> : null}
        <MomentFilter name="since" label="From" />
        <MomentFilter name="until" label="Until" />
      </FilterBar>
      <DataTable
        label="requests"
        columns={columns}
        query={requests}
        rowKey={(request) => request.id}
        rowTo={(request) => `/inbound/${request.id}`}
        onCursor={(cursor) => change({ cursor })}
        empty={
          <EmptyState title="No requests">No provider sent anything that matches these filters.</EmptyState>
        }
      />
    </>
  );
}
