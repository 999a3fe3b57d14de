import { type Column, DataTable, EmptyState, Panel, StatusBadge, TimeAgo } from "@carewire/ui";
import { asPage } from "../api/as-page.ts";
import type { Overview } from "../api/types.ts";
import { OrganizationName } from "../filters/organization-name.tsx";

type Broken = Overview["breakers"]["endpoints"][number];

const columns: Column<Broken>[] = [
  { header: "Subscription", cell: (endpoint) => endpoint.name },
  { header: "Organization", cell: (endpoint) => <OrganizationName id={endpoint.organization_id} /> },
  { header: "Breaker", cell: (endpoint) => <StatusBadge status={endpoint.state} tone="warn" /> },
  { header: "Failing since", cell: (endpoint) => <TimeAgo at={endpoint.failing_since} /> },
  { header: "Tried again", cell: (endpoint) => <TimeAgo at={endpoint.until} /> },
];

/** Endpoints that rest because they failed too often. */
export function BreakersPanel({ breakers }: { breakers: Overview["breakers"] }) {
  return (
    <Panel title="Open breakers" padding="none">
      <DataTable
        label="endpoints"
        frame="bare"
        columns={columns}
        query={asPage(breakers.endpoints)}
        rowKey={(endpoint) => endpoint.subscription_id}
        rowTo={(endpoint) => `/subscriptions/${endpoint.subscription_id}`}
        empty={
          <EmptyState title="No open breakers">
            Every endpoint is tried as soon as something is due.
          </EmptyState>
        }
      />
    </Panel>
  );
}
