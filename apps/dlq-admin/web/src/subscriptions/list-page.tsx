import { type Column, DataTable, EmptyState, PageHeader, TimeAgo, visibleText } from "@carewire/ui";
import { Text } from "@mantine/core";
import { reads } from "../api/reads.ts";
import type { Subscription } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { ChoiceFilter } from "../filters/choice-filter.tsx";
import { FilterBar } from "../filters/filter-bar.tsx";
import { OrganizationFilter } from "../filters/organization-filter.tsx";
import { TextFilter } from "../filters/text-filter.tsx";
import { useFilters } from "../filters/use-filters.ts";
import { SubscriptionState } from "./subscription-state.tsx";
import classes from "./subscriptions.module.css";

const columns: Column<Subscription>[] = [
  { header: "Subscription", cell: (subscription) => subscription.name },
  { header: "State", cell: (subscription) => <SubscriptionState subscription={subscription} /> },
  {
    header: "URL",
    cell: (subscription) => <span className={`cw-mono ${classes.url}`}>{visibleText(subscription.url)}</span>,
  },
  { header: "Organization", cell: (subscription) => subscription.organization_name },
  {
    header: "Events",
    cell: (subscription) => (
      <Text size="xs" className={classes.events} title={subscription.events.join(", ")}>
        {subscription.events.join(", ")}
      </Text>
    ),
  },
  { header: "In flight", align: "end", cell: (subscription) => subscription.in_flight_limit ?? "–" },
  { header: "Last success", cell: (subscription) => <TimeAgo at={subscription.last_success_at} /> },
];

/** Subscriptions of every organization, and how their endpoints are doing. */
export function SubscriptionsPage() {
  const [filters, change] = useFilters();
  const subscriptions = useLive(["subscriptions", filters], (options) =>
    reads.subscriptions(filters, options),
  );
  return (
    <>
      <PageHeader title="Subscriptions" description="Who gets what, where, and whether it arrives." />
      <FilterBar names={["q", "active", "breaker", "organization_id"]}>
        <TextFilter name="q" label="Name or URL" place="first" />
        <ChoiceFilter
          name="active"
          label="State"
          choices={[
            { value: "true", label: "active" },
            { value: "false", label: "paused or disabled" },
          ]}
        />
        <ChoiceFilter name="breaker" label="Breaker" choices={["open", "closed"]} />
        <OrganizationFilter />
      </FilterBar>
      <DataTable
        label="subscriptions"
        columns={columns}
        query={subscriptions}
        rowKey={(subscription) => subscription.id}
        rowTo={(subscription) => `/subscriptions/${subscription.id}`}
        onCursor={(cursor) => change({ cursor })}
        empty={<EmptyState title="No subscriptions">None matches these filters.</EmptyState>}
      />
    </>
  );
}
