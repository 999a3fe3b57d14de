import {
  type Column,
  DataTable,
  EmptyState,
  liveIntervalMs,
  PageHeader,
  ShortId,
  TimeAgo,
  withFilters,
} from "@carewire/ui";
import { Button, Group, Select, Text } from "@mantine/core";
import { IconFilterOff } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import { TypeField } from "../deliveries/delivery-filters.tsx";
import { readPage, sinceChoices } from "../deliveries/delivery-search.ts";
import { TextFilter } from "./text-filter.tsx";

type Event = Answer<"GET /v1/events">["data"][number];

interface EventSearch {
  cursor?: string;
  type?: string;
  subject?: string;
  since?: string;
  until?: string;
}

/** Everything that happened, whether somebody subscribed to it or not. */
export function EventsPage() {
  const search = useSearch({ strict: false }) as EventSearch;
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ["GET /v1/events", { query: search }],
    queryFn: ({ signal }) =>
      readPage(search.since, (since) => call("GET /v1/events", { query: { ...search, since }, signal })),
    refetchInterval: liveIntervalMs,
    placeholderData: keepPreviousData,
  });
  const go = (changes: Partial<EventSearch>) =>
    void navigate({ to: "/events" as ".", search: withFilters(search, changes) as never });
  const filtered = Object.keys(search).some((name) => name !== "cursor");
  return (
    <>
      <PageHeader title="Events" description="What happened. Each goes to every endpoint that asks for it." />
      <Group gap="xs" mb="sm" role="search" aria-label="Filter events">
        <TypeField value={search.type ?? ""} onChange={(type) => go({ type: type || undefined })} />
        <TextFilter
          label="Subject"
          value={search.subject ?? ""}
          onChange={(subject) => go({ subject: subject || undefined })}
        />
        <Select
          aria-label="Any time"
          placeholder="Any time"
          data={sinceChoices(search.since)}
          value={search.since ?? null}
          clearable
          onChange={(since) => go({ since: since ?? undefined })}
          w={170}
        />
        {filtered ? (
          <Button
            variant="subtle"
            leftSection={<IconFilterOff size={14} />}
            onClick={() => go({ type: undefined, subject: undefined, since: undefined, until: undefined })}
          >
            Clear
          </Button>
        ) : null}
      </Group>
      <DataTable
        label="events"
        query={query}
        columns={columns}
        rowKey={({ id }) => id}
        rowTo={({ id }) => `/events/${id}`}
        onCursor={(cursor) => go({ cursor, since: query.data?.since })}
        empty={
          filtered ? (
            <EmptyState title="No events match">Take a filter away, or look at a longer time.</EmptyState>
          ) : (
            <EmptyState title="No events yet">They appear here as soon as one is published.</EmptyState>
          )
        }
      />
    </>
  );
}

const columns: Column<Event>[] = [
  {
    header: "Event",
    cell: ({ type, id }) => (
      <>
        <span className="cw-mono">{type}</span>
        <Text size="xs" c="dimmed" component="span" display="block" fw={400}>
          <ShortId id={id} />
        </Text>
      </>
    ),
  },
  { header: "Subject", cell: ({ subject }) => subject ?? "–" },
  { header: "From", cell: ({ source_service }) => source_service },
  {
    header: "Size",
    cell: ({ payload_bytes }) => <span className="cw-number">{payload_bytes.toLocaleString("en")} B</span>,
    align: "end",
  },
  { header: "Happened", cell: ({ created_at }) => <TimeAgo at={created_at} />, align: "end" },
];
