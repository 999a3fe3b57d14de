import { type Column, DataTable, EmptyState, PageHeader, StatusBadge, TimeAgo } from "@carewire/ui";
import { Text } from "@mantine/core";
import { reads } from "../api/reads.ts";
import type { Delivery } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { ChoiceFilter } from "../filters/choice-filter.tsx";
import { FilterBar } from "../filters/filter-bar.tsx";
import { MomentFilter } from "../filters/moment-filter.tsx";
import { OrganizationFilter } from "../filters/organization-filter.tsx";
import { OrganizationName } from "../filters/organization-name.tsx";
import { TextFilter } from "../filters/text-filter.tsx";
import { useFilters } from "../filters/use-filters.ts";

const filterNames = [
  "type",
  "status",
  "response_class",
  "organization_id",
  "subscription_id",
  "consumer",
  "since",
  "until",
];
const statuses = ["pending", "retrying", "held", "delivered", "failed", "cancelled"];
const responseClasses = ["1xx", "2xx", "3xx", "4xx", "5xx", "none", "timeout", "network"];

/** The columns of deliveries, also where those of one subscription are listed. */
export const deliveryColumns: Column<Delivery>[] = [
  { header: "Event", cell: (delivery) => <span className="cw-mono">{delivery.event_type}</span> },
  { header: "Status", cell: (delivery) => <StatusBadge status={delivery.status} /> },
  {
    header: "To",
    cell: (delivery) => (
      <div>
        {delivery.destination_name ?? "deleted subscription"}
        <Text size="xs" c="dimmed" component="div">
          {delivery.consumer === null ? "subscription" : "consumer"}
        </Text>
      </div>
    ),
  },
  { header: "Organization", cell: (delivery) => <OrganizationName id={delivery.organization_id} /> },
  { header: "Answer", align: "end", cell: (delivery) => delivery.response_code ?? "–" },
  { header: "Tries", align: "end", cell: (delivery) => delivery.attempts },
  { header: "Next try", cell: (delivery) => <TimeAgo at={delivery.next_retry_at} /> },
  { header: "Created", cell: (delivery) => <TimeAgo at={delivery.created_at} /> },
];

/** Deliveries of every organization, to subscriptions and consumers. */
export function DeliveriesPage() {
  const [filters, change] = useFilters();
  const deliveries = useLive(["deliveries", filters], (options) => reads.deliveries(filters, options));
  return (
    <>
      <PageHeader title="Deliveries" description="One event for one destination, newest first." />
      <FilterBar names={filterNames}>
        <TextFilter name="type" label="Event type" placeholder="order.paid" place="first" />
        <ChoiceFilter name="status" label="Status" choices={statuses} />
        <ChoiceFilter name="response_class" label="Last answer" choices={responseClasses} />
        <OrganizationFilter />
        <TextFilter name="consumer" label="Consumer" placeholder="doctors.profiles" />
        {filters.subscription_id ? <TextFilter name="subscription_id" label="Subscription" /> : null}
        <MomentFilter name="since" label="From" />
        <MomentFilter name="until" label="Until" />
      </FilterBar>
      <DataTable
        label="deliveries"
        columns={deliveryColumns}
        query={deliveries}
        rowKey={(delivery) => delivery.id}
        rowTo={(delivery) => `/deliveries/${delivery.id}`}
        onCursor={(cursor) => change({ cursor })}
        empty={
          <EmptyState title="No deliveries">
            Nothing on this page matches these filters; older ones may.
          </EmptyState>
        }
      />
    </>
  );
}
