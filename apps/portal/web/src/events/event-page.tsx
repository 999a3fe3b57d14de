import {
  AppLink,
  CopyId,
  JsonView,
  KeyValue,
  Loaded,
  liveIntervalMs,
  PageHeader,
  Panel,
  TimeAgo,
} from "@carewire/ui";
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { useSession } from "../session/session-context.ts";
import { LineageTree } from "./lineage-tree.tsx";

type Event = Answer<"GET /v1/events/:id">;

/** One event: what it says, where it came from, and what became of it. */
export function EventPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  // Read once: with its payload, each read is recorded. What changes is in the lineage.
  const event = useQuery({
    ...apiQuery("GET /v1/events/:id", { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const lineage = useQuery({
    ...apiQuery("GET /v1/lineage/:id", { params: { id } }),
    refetchInterval: liveIntervalMs,
  });
  return (
    <Loaded query={event}>
      {(data) => (
        <>
          <PageHeader
            title={data.type}
            above={[{ to: "/events", label: "Events" }]}
            description={<CopyId id={data.id} />}
            actions={<AppLink to={`/catalog/${data.type}`}>In the catalog</AppLink>}
          />
          <Stack gap="md">
            <Panel title="From where, to where">
              <Loaded query={lineage} rows={4}>
                {(chain) => <LineageTree chain={chain} shownEventId={data.id} />}
              </Loaded>
            </Panel>
            <Panel title="Payload">
              <Payload event={data} />
            </Panel>
            <Panel title="About this event">
              <KeyValue
                items={[
                  ["Subject", data.subject],
                  ["Published by", data.source_service],
                  ["Account", data.account_id],
                  ["Happened", <TimeAgo key="created" at={data.created_at} />],
                  ["Accepted", <TimeAgo key="accepted" at={data.accepted_at} />],
                  ["Payload", `${data.payload_bytes.toLocaleString("en")} bytes`],
                ]}
              />
            </Panel>
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function Payload({ event }: { event: Event }) {
  const { can } = useSession();
  if (event.payload_erased)
    return <Text size="sm">The payload is not kept any more: it was erased, or is too old.</Text>;
  if (!can("payloads:read")) return <Text size="sm">Your access does not include seeing payloads.</Text>;
  return (
    <>
      <Text size="xs" c="dimmed" mb={6}>
        Looking at a payload goes into the audit log.
      </Text>
      <JsonView value={event.payload} what="the payload" />
    </>
  );
}
