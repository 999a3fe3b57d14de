import {
  AppLink,
  CopyId,
  KeyValue,
  Loaded,
  liveIntervalMs,
  PageHeader,
  Panel,
  StatusBadge,
  TimeAgo,
  useNow,
} from "@carewire/ui";
import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import { AttemptTimeline } from "./attempt-timeline.tsx";
import { DeliveryActions } from "./delivery-actions.tsx";
import { DeliveryBody } from "./delivery-body.tsx";
import { nextWords } from "./next-words.ts";

type Delivery = Answer<"GET /v1/deliveries/:id">;

const finished = new Set(["delivered", "failed", "cancelled"]);

/**
 * Reads the delivery and its attempts when something changed, and only then: with payloads, each read is recorded. What
 * changed is in the list, which shows no payloads and may be asked every few seconds. Attempts are read after their
 * delivery: read at the same time they may be older than a delivery that says it is over, and nobody would look again.
 */
function useLiveDelivery(id: string) {
  const params = { id };
  const delivery = useQuery({
    ...apiQuery("GET /v1/deliveries/:id", { params }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = delivery;
  const attempts = useQuery({
    ...apiQuery("GET /v1/deliveries/:id/attempts", { params }),
    enabled: data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const watched = useQuery({
    ...apiQuery("GET /v1/deliveries", {
      query: { event_id: data?.event_id ?? "", subscription_id: data?.subscription_id ?? "", limit: 200 },
    }),
    enabled: data !== undefined && !finished.has(data.status),
    refetchInterval: liveIntervalMs / 2,
  });
  const row = watched.data?.data.find((other) => other.id === id);
  const seen = useRef("");
  const { refetch } = delivery;
  const { refetch: refetchAttempts } = attempts;
  useEffect(() => {
    if (!row || !data) return;
    const now = `${row.status} ${row.attempts} ${row.next_retry_at}`;
    if (now === `${data.status} ${data.attempts} ${data.next_retry_at}` || now === seen.current) return;
    seen.current = now;
    void refetch().then(() => refetchAttempts());
  }, [row, data, refetch, refetchAttempts]);
  return { delivery, attempts };
}

/** One delivery: what was sent, what came back each time, and what happens next. */
export function DeliveryPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  return <LiveDelivery key={id} id={id} />;
}

function LiveDelivery({ id }: { id: string }) {
  const { delivery, attempts } = useLiveDelivery(id);
  return (
    <Loaded query={delivery}>
      {(data) => (
        <>
          <PageHeader
            title={data.event_type}
            above={[{ to: "/deliveries", label: "Deliveries" }]}
            badge={<StatusBadge status={data.status} />}
            description={<CopyId id={data.id} />}
            actions={<DeliveryActions delivery={data} attempts={attempts.data?.data ?? []} />}
          />
          <Stack gap="md">
            <Next delivery={data} />
            <Panel title="Attempts" padding="none">
              <AttemptTimeline query={attempts} delivery={data} />
            </Panel>
            <DeliveryBody delivery={data} attempt={attempts.data?.data[0] ?? null} />
            <Panel title="About this delivery">
              <Facts delivery={data} />
            </Panel>
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function Next({ delivery }: { delivery: Delivery }) {
  const words = nextWords(delivery, useNow());
  if (words === null) return null;
  const color = { failed: "red", held: "yellow" }[delivery.status as string] ?? "petrol";
  return (
    <Alert color={color} role="status">
      {words.text} {words.at === null ? null : <TimeAgo at={words.at} />}{" "}
      {delivery.waiting_for === null ? null : (
        <AppLink to={`/deliveries/${delivery.waiting_for}`}>Look at it</AppLink>
      )}
    </Alert>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  return (
    <KeyValue
      items={[
        ["Endpoint", <EndpointName key="endpoint" id={delivery.subscription_id} />],
        ["Event", <CopyId key="event" id={delivery.event_id} to={`/events/${delivery.event_id}`} />],
        ["Sent because of", triggerWords[delivery.trigger] ?? delivery.trigger],
        [
          "Repeats",
          delivery.replay_of === null ? null : (
            <CopyId key="of" id={delivery.replay_of} to={`/deliveries/${delivery.replay_of}`} />
          ),
        ],
        [
          "Replay job",
          delivery.replay_id === null ? null : (
            <CopyId key="job" id={delivery.replay_id} to={`/replays/${delivery.replay_id}`} />
          ),
        ],
        ["Created", <TimeAgo key="created" at={delivery.created_at} />],
        [
          "Delivered",
          delivery.delivered_at === null ? null : <TimeAgo key="at" at={delivery.delivered_at} />,
        ],
      ]}
    />
  );
}

const triggerWords: Record<string, string> = {
  event: "an event",
  replay: "a replay",
  test: "a ping or a test",
};
