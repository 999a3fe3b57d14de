import type { Subscription } from "@carewire/contracts";
import { type Column, DataTable, EmptyState, liveIntervalMs, PageHeader, TimeAgo } from "@carewire/ui";
import { Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { EndpointAddress } from "./endpoint-address.tsx";
import { EndpointStateBadge } from "./endpoint-state-badge.tsx";
import { RecentOutcomes } from "./recent-outcomes.tsx";

/** Every endpoint and how it is doing. */
export function EndpointsPage() {
  const { cursor } = useSearch({ strict: false }) as { cursor?: string };
  const navigate = useNavigate();
  const query = useQuery({
    ...apiQuery("GET /v1/subscriptions", { query: { limit: 20, cursor } }),
    refetchInterval: liveIntervalMs * 2,
    placeholderData: keepPreviousData,
  });
  const add = () => void navigate({ to: "/endpoints/new" as "." });
  return (
    <>
      <PageHeader
        title="Endpoints"
        description="The URLs that receive your events, each as a signed POST."
        actions={<AddButton onClick={add} />}
      />
      <DataTable
        label="endpoints"
        query={query}
        columns={columns}
        rowKey={({ id }) => id}
        rowTo={({ id }) => `/endpoints/${id}`}
        onCursor={(next) => void navigate({ to: "/endpoints" as ".", search: { cursor: next } as never })}
        empty={
          <EmptyState title="No endpoints yet" action={<AddButton onClick={add} />}>
            Add the URL of your server, choose what it should hear about, and send it a test.
          </EmptyState>
        }
      />
    </>
  );
}

const AddButton = ({ onClick }: { onClick: () => void }) => (
  <ScopedButton scope="subscriptions:write" leftSection={<IconPlus size={15} />} onClick={onClick}>
    Add endpoint
  </ScopedButton>
);

const columns: Column<Subscription>[] = [
  {
    header: "Endpoint",
    cell: (endpoint) => (
      <>
        {endpoint.name}
        <Text size="xs" c="dimmed" component="span" display="block" fw={400}>
          <EndpointAddress endpoint={endpoint} />
        </Text>
      </>
    ),
  },
  {
    header: "State",
    cell: (endpoint) => <EndpointStateBadge endpoint={endpoint} />,
  },
  { header: "Newest deliveries", cell: ({ id }) => <RecentOutcomes subscriptionId={id} /> },
  { header: "Events", cell: ({ events }) => <EventPatterns events={events} /> },
  { header: "Changed", cell: ({ updated_at }) => <TimeAgo at={updated_at} />, align: "end" },
];

const patternsShown = 3;

function EventPatterns({ events }: { events: string[] }) {
  if (events.includes("*")) return <>All events</>;
  return (
    <Group gap={6}>
      <span className="cw-mono">{events.slice(0, patternsShown).join(", ")}</span>
      {events.length > patternsShown ? <Text size="xs">and {events.length - patternsShown} more</Text> : null}
    </Group>
  );
}
