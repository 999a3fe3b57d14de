import { type Column, DataTable, EmptyState, Panel, StatusBadge, TimeAgo, type Tone } from "@carewire/ui";
import { Text } from "@mantine/core";
import { asPage } from "../api/as-page.ts";
import type { Overview } from "../api/types.ts";

type Source = Overview["sources"][number];

const tones: Record<Source["health"], Tone> = {
  receiving: "ok",
  quiet: "muted",
  failing: "bad",
  never: "muted",
};

const columns: Column<Source>[] = [
  {
    header: "Source",
    cell: (source) => (
      <>
        {source.provider}
        <Text size="xs" c="dimmed" component="div">
          {source.name}
        </Text>
      </>
    ),
  },
  { header: "Health", cell: (source) => <StatusBadge status={source.health} tone={tones[source.health]} /> },
  { header: "Accepted", align: "end", cell: (source) => source.lately.accepted },
  { header: "Malformed", align: "end", cell: (source) => source.lately.malformed },
  { header: "Last", cell: (source) => <TimeAgo at={source.last_received_at} /> },
];

/** How each provider's ingress is doing. */
export function SourcesPanel({ sources }: { sources: Source[] }) {
  return (
    <Panel
      title="Ingress by provider"
      padding="none"
      end={
        <Text size="xs" c="dimmed">
          the newest 200 of the last hour
        </Text>
      }
    >
      <DataTable
        label="sources"
        frame="bare"
        columns={columns}
        query={asPage(sources)}
        rowKey={(source) => source.id}
        rowTo={(source) => `/inbound?source_id=${source.id}`}
        empty={<EmptyState title="No sources">An ingress app adds its sources when it starts.</EmptyState>}
      />
    </Panel>
  );
}
