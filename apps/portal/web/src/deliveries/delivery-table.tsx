import {
  type Column,
  DataTable,
  EmptyState,
  liveIntervalMs,
  type RowSelection,
  ShortId,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Group, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/call.ts";
import type { Answer, CallInput } from "../api/routes.ts";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import { type DeliverySearch, type ListPlace, readPage } from "./delivery-search.ts";

type Delivery = Answer<"GET /v1/deliveries">["data"][number];
type Query = CallInput<"GET /v1/deliveries">["query"];

export interface DeliveryTableProps {
  filters: DeliverySearch & { limit?: string };
  onPage?: (place: ListPlace) => void;
  selection?: RowSelection;
  frame?: "own" | "bare";
  empty?: ReactNode;
}

/** Deliveries, newest first, going on by themselves. */
export function DeliveryTable({ filters, onPage, selection, frame, empty }: DeliveryTableProps) {
  const query = useQuery({
    queryKey: ["GET /v1/deliveries", { query: filters }],
    queryFn: ({ signal }) =>
      readPage(filters.since, (since) =>
        // What the address says is the server's to judge.
        call("GET /v1/deliveries", { query: { ...filters, since } as Query, signal }),
      ),
    refetchInterval: liveIntervalMs,
    placeholderData: keepPreviousData,
  });
  const columns =
    filters.subscription_id === undefined ? [...head, endpointColumn, ...tail] : [...head, ...tail];
  return (
    <DataTable
      label="deliveries"
      query={query}
      columns={columns}
      rowKey={({ id }) => id}
      rowTo={({ id }) => `/deliveries/${id}`}
      onCursor={onPage && ((cursor) => onPage({ cursor, since: query.data?.since }))}
      selection={selection}
      frame={frame}
      empty={
        empty ?? (
          <EmptyState title="No deliveries yet">They appear here as soon as an event is routed.</EmptyState>
        )
      }
    />
  );
}

const head: Column<Delivery>[] = [
  {
    header: "Event",
    cell: ({ event_type, id, trigger }) => (
      <>
        <span className="cw-mono">{event_type}</span>
        <Group gap={8} component="span">
          <Text size="xs" c="dimmed" component="span" fw={400}>
            <ShortId id={id} />
          </Text>
          {trigger === "event" ? null : (
            <Text size="xs" component="span" fw={500} c="var(--cw-info)">
              {trigger}
            </Text>
          )}
        </Group>
      </>
    ),
  },
  { header: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
];

const endpointColumn: Column<Delivery> = {
  header: "Endpoint",
  cell: ({ subscription_id }) => <EndpointName id={subscription_id} />,
};

const tail: Column<Delivery>[] = [
  {
    header: "Answer",
    cell: ({ response_code, attempts }) => (
      <span className="cw-number">{response_code ?? (attempts === 0 ? "–" : "none")}</span>
    ),
  },
  { header: "Attempts", cell: ({ attempts }) => <span className="cw-number">{attempts}</span>, align: "end" },
  {
    header: "Next try",
    cell: ({ next_retry_at }) => <TimeAgo at={next_retry_at} />,
    align: "end",
  },
  { header: "Created", cell: ({ created_at }) => <TimeAgo at={created_at} />, align: "end" },
];
