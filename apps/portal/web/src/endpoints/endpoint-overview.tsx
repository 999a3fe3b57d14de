import {
  describeDuration,
  describeLatency,
  KeyValue,
  type LiveQuery,
  Loaded,
  Panel,
  StatGrid,
  StatTile,
  TimeAgo,
} from "@carewire/ui";
import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { DeliveryTable } from "../deliveries/delivery-table.tsx";
import { formatNotes } from "../formats/body-preview.ts";
import { outcomesOverTime } from "./outcomes-over-time.ts";
import { signatureNames } from "./signature-names.ts";

type Endpoint = Answer<"GET /v1/subscriptions/:id">;
type Stats = Answer<"GET /v1/subscriptions/:id/stats">;

// Charts weigh more than everything else on this page.
const TimeChart = lazy(async () => ({ default: (await import("@carewire/ui/charts")).TimeChart }));

/** How the endpoint has been doing, and what it is set to. */
export function EndpointOverview({ endpoint, stats }: { endpoint: Endpoint; stats: LiveQuery<Stats> }) {
  return (
    <Stack gap="md">
      <Loaded query={stats} rows={3}>
        {(data) => <StatTiles stats={data} />}
      </Loaded>
      <Outcomes subscriptionId={endpoint.id} />
      <Panel title="Newest deliveries" padding="none">
        <DeliveryTable filters={{ subscription_id: endpoint.id, limit: "10" }} frame="bare" />
      </Panel>
      <Facts endpoint={endpoint} />
    </Stack>
  );
}

function StatTiles({ stats }: { stats: Stats }) {
  const { success_rate, duration_ms, waiting, endpoint, deliveries, sample } = stats;
  const finished = deliveries.delivered + deliveries.failed;
  const since = sample.complete ? "in the last 24 hours" : "of the newest 1,000";
  return (
    <StatGrid>
      <StatTile
        label="Success rate"
        value={success_rate === null ? "–" : `${floorPercent(success_rate)} %`}
        note={success_rate === null ? "Nothing was finished in 24 hours" : `${finished} finished ${since}`}
        tone={success_rate === null || success_rate > 0.99 ? "usual" : success_rate > 0.9 ? "warn" : "bad"}
      />
      <StatTile
        label="Answer time, median"
        value={duration_ms.p50 === null ? "–" : describeLatency(duration_ms.p50)}
        note={duration_ms.p95 === null ? "No answers yet" : `95 % within ${describeLatency(duration_ms.p95)}`}
      />
      <StatTile
        label="Waiting"
        value={`${(waiting.queued + waiting.held).toLocaleString("en")}${waiting.complete ? "" : "+"}`}
        note={waitingNote(stats)}
        tone={waiting.oldest_due_at === null ? "usual" : "warn"}
      />
      <StatTile
        label="In flight at most"
        value={endpoint.in_flight_limit ?? "–"}
        note={endpoint.in_flight_limit === null ? "Not measured yet" : "Adapts to how fast it answers"}
      />
      <StatTile
        label="Circuit breaker"
        value={breakerWords[endpoint.breaker]}
        note={breakerNote(endpoint)}
        tone={endpoint.breaker === "closed" ? "usual" : "bad"}
      />
    </StatGrid>
  );
}

/** Never 100 % while anything failed. */
const floorPercent = (rate: number): string => (Math.floor(rate * 1_000) / 10).toString();

const breakerWords = { closed: "Closed", open: "Open", half_open: "Probing" };

function breakerNote({ breaker, breaker_until, consecutive_failures }: Stats["endpoint"]) {
  if (breaker === "closed")
    return consecutive_failures === 0 ? "All is well" : `${consecutive_failures} failures in a row`;
  return (
    <>
      Next try <TimeAgo at={breaker_until} />; nothing is lost
    </>
  );
}

function waitingNote({ waiting }: Stats) {
  if (waiting.draining) return "Held ones are being sent now";
  if (waiting.oldest_due_at !== null) {
    return (
      <>
        Oldest was due <TimeAgo at={waiting.oldest_due_at} />
      </>
    );
  }
  if (waiting.held > 0) return `${waiting.held.toLocaleString("en")} held until resumed`;
  return waiting.next_due_at === null ? (
    "Nothing waits"
  ) : (
    <>
      Next is due <TimeAgo at={waiting.next_due_at} />
    </>
  );
}

function Outcomes({ subscriptionId }: { subscriptionId: string }) {
  const deliveries = useQuery({
    ...apiQuery("GET /v1/deliveries", { query: { subscription_id: subscriptionId, limit: 200 } }),
    refetchInterval: 15_000,
  });
  const series = outcomesOverTime(deliveries.data?.data ?? []);
  if (series === null) return null;
  const delivered = series.points.reduce((sum, point) => sum + point.delivered, 0);
  const failed = series.points.reduce((sum, point) => sum + point.failed, 0);
  return (
    <Panel
      title="Deliveries over time"
      end={
        <Text size="xs" c="dimmed">
          The newest {deliveries.data?.data.length}, per {describeDuration(series.stepMs)}
        </Text>
      }
    >
      <Suspense fallback={<Skeleton height={190} />}>
        <TimeChart
          data={series.points}
          label={`Of the newest deliveries, ${delivered} arrived and ${failed} failed.`}
          series={[
            { name: "delivered", label: "Delivered", color: "petrol.5" },
            { name: "failed", label: "Failed or retrying", color: "red.5" },
          ]}
        />
      </Suspense>
    </Panel>
  );
}

function certificateWords({ client_certificate: certificate }: Endpoint) {
  if (certificate === null) return null;
  return (
    <>
      {certificate.subject}, ends <TimeAgo at={certificate.expires_at} />
    </>
  );
}

function metadataWords({ metadata }: Endpoint) {
  if (Object.keys(metadata).length === 0) return null;
  return <code>{JSON.stringify(metadata)}</code>;
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const headers = [...Object.keys(endpoint.headers), ...endpoint.sensitive_headers];
  return (
    <Panel title="Configuration">
      <KeyValue
        items={[
          ["Events", endpoint.events.includes("*") ? "All events" : endpoint.events.join(", ")],
          ["Format", formatNotes[endpoint.payload_format].label],
          ["Signature", signatureNames[endpoint.signature_scheme]],
          [
            "Filter",
            endpoint.filter === null ? null : <code key="filter">{JSON.stringify(endpoint.filter)}</code>,
          ],
          ["Retries", endpoint.retry_policy === "none" ? "Never" : `${endpoint.max_retries} at most`],
          [
            "Rate limit",
            endpoint.rate_limit_per_second === null ? null : `${endpoint.rate_limit_per_second} per second`,
          ],
          ["Order", endpoint.ordering === "fifo" ? "In order, per subject" : null],
          ["Headers", headers.length === 0 ? null : headers.join(", ")],
          ["Authentication", endpoint.endpoint_auth?.type],
          ["Client certificate", certificateWords(endpoint)],
          ["Metadata", metadataWords(endpoint)],
          ["Account", endpoint.account_id],
          [
            "Id",
            <Group key="id" gap="xs">
              <span className="cw-mono">{endpoint.id}</span>
            </Group>,
          ],
          ["Added", <TimeAgo key="added" at={endpoint.created_at} />],
        ]}
      />
    </Panel>
  );
}
