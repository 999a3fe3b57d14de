import {
  ConfirmWithReason,
  CopyId,
  JsonView,
  KeyValue,
  Loaded,
  notifyDone,
  PageHeader,
  Panel,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Alert, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { DeliveryTable } from "../deliveries/delivery-table.tsx";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import { ScopedButton } from "../session/scoped-button.tsx";
import { ReplayProgress } from "./replay-progress.tsx";
import { replayTitle } from "./replay-title.ts";

type Replay = Answer<"GET /v1/replays/:id">;

const progressIntervalMs = 1_500;

/** One job: how far it is, what it sent, and a way to stop it. */
export function ReplayPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    ...apiQuery("GET /v1/replays/:id", { params: { id } }),
    refetchInterval: ({ state }) =>
      state.data && state.data.status !== "running" ? false : progressIntervalMs,
  });
  return (
    <Loaded query={query}>
      {(replay) => (
        <>
          <PageHeader
            title={replayTitle(replay)}
            above={[{ to: "/replays", label: "Replays" }]}
            badge={<StatusBadge status={replay.status} />}
            description={<CopyId id={replay.id} />}
            actions={replay.status === "running" ? <CancelReplay replay={replay} /> : undefined}
          />
          <Stack gap="md">
            <State replay={replay} />
            <Panel title="Deliveries it made" padding="none">
              <DeliveryTable filters={{ replay_id: replay.id, limit: "20" }} frame="bare" />
            </Panel>
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function State({ replay }: { replay: Replay }) {
  return (
    <Panel title="Progress">
      <Stack gap="md">
        <ReplayProgress replay={replay} />
        {replay.error === null ? null : (
          <Alert color="red" role="alert">
            {replay.error}
          </Alert>
        )}
        {replay.paused_subscriptions > 0 && replay.status === "running" ? (
          <Alert color="yellow" role="status">
            It waits for {replay.paused_subscriptions} paused or disabled{" "}
            {replay.paused_subscriptions === 1 ? "endpoint" : "endpoints"}, and goes on when resumed.
          </Alert>
        ) : null}
        <KeyValue
          items={[
            [
              "Endpoint",
              replay.subscription_id === null ? null : <EndpointName key="e" id={replay.subscription_id} />,
            ],
            ["Per second at most", replay.rate_per_second],
            ["Started", <TimeAgo key="s" at={replay.created_at} />],
            [
              "Expected end",
              replay.estimated_finish_at === null ? null : (
                <TimeAgo key="f" at={replay.estimated_finish_at} />
              ),
            ],
            ["Ended", replay.finished_at === null ? null : <TimeAgo key="d" at={replay.finished_at} />],
            ["Started by", replay.created_by],
          ]}
        />
        <div>
          <Text size="sm" c="dimmed" mb={4}>
            What it looks for
          </Text>
          <JsonView value={replay.filter} what="the filter" />
        </div>
      </Stack>
    </Panel>
  );
}

function CancelReplay({ replay }: { replay: Replay }) {
  const client = useQueryClient();
  const [asking, dialog] = useDisclosure(false);
  const cancel = async () => {
    const params = { id: replay.id };
    const changed = await call("POST /v1/replays/:id/cancel", { params, body: {} });
    client.setQueryData(apiQuery("GET /v1/replays/:id", { params }).queryKey, changed);
    notifyDone("Cancelled. What was queued already is still sent.");
  };
  return (
    <>
      <ScopedButton
        scope="deliveries:write"
        variant="default"
        leftSection={<IconX size={15} />}
        onClick={dialog.open}
      >
        Cancel the replay
      </ScopedButton>
      <ConfirmWithReason
        opened={asking}
        onClose={dialog.close}
        title="Cancel this replay?"
        confirmLabel="Cancel the replay"
        reason="none"
        tone="danger"
        onConfirm={cancel}
      >
        <Text size="sm">
          What is queued already is still sent. A cancelled replay does not go on; start a new one instead.
        </Text>
      </ConfirmWithReason>
    </>
  );
}
