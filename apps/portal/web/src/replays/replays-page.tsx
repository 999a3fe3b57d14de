import {
  type Column,
  DataTable,
  EmptyState,
  liveIntervalMs,
  PageHeader,
  ShortId,
  StatusBadge,
  TimeAgo,
  withFilters,
} from "@carewire/ui";
import { Select } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import type { Answer, CallInput } from "../api/routes.ts";
import { ReplayProgress } from "./replay-progress.tsx";
import { replayTitle } from "./replay-title.ts";

type Replay = Answer<"GET /v1/replays">["data"][number];
type Query = NonNullable<CallInput<"GET /v1/replays">["query"]>;

/** Every job that sent messages again. */
export function ReplaysPage() {
  const search = useSearch({ strict: false }) as { cursor?: string; status?: string };
  const navigate = useNavigate();
  const query = useQuery({
    ...apiQuery("GET /v1/replays", { query: search as Query }),
    refetchInterval: liveIntervalMs,
    placeholderData: keepPreviousData,
  });
  const go = (changes: Partial<typeof search>) =>
    void navigate({ to: "/replays" as ".", search: withFilters(search, changes) as never });
  return (
    <>
      <PageHeader
        title="Replays"
        description="Jobs that send many messages again. They survive restarts and go below live traffic."
      />
      <Select
        aria-label="Any state"
        placeholder="Any state"
        data={["running", "done", "cancelled", "failed"]}
        value={search.status ?? null}
        clearable
        onChange={(status) => go({ status: status ?? undefined })}
        w={150}
        mb="sm"
      />
      <DataTable
        label="replays"
        query={query}
        columns={columns}
        rowKey={({ id }) => id}
        rowTo={({ id }) => `/replays/${id}`}
        onCursor={(cursor) => go({ cursor })}
        empty={
          <EmptyState title="No replays">
            Start one from the deliveries (“Replay all of these”), or from an endpoint’s “Recover”.
          </EmptyState>
        }
      />
    </>
  );
}

const columns: Column<Replay>[] = [
  { header: "Replay", cell: (replay) => replayTitle(replay) },
  { header: "State", cell: ({ status }) => <StatusBadge status={status} /> },
  { header: "Progress", cell: (replay) => <ReplayProgress replay={replay} />, width: 240 },
  { header: "Id", cell: ({ id }) => <ShortId id={id} /> },
  { header: "Started", cell: ({ created_at }) => <TimeAgo at={created_at} />, align: "end" },
];
