import {
  describeDuration,
  Loaded,
  LoadingState,
  PageHeader,
  StatGrid,
  StatTile,
  TimeAgo,
  useNow,
} from "@carewire/ui";
import { SegmentedControl, Stack } from "@mantine/core";
import { lazy, Suspense } from "react";
import { reads } from "../api/reads.ts";
import type { Overview } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { useFilters } from "../filters/use-filters.ts";
import { BreakersPanel } from "./breakers-panel.tsx";
import classes from "./overview.module.css";
import { SourcesPanel } from "./sources-panel.tsx";

// Charts are heavier than the rest of the page, which does not wait for them.
const TrafficCharts = lazy(() => import("./traffic-charts.tsx"));

const spans = [
  { value: "1", label: "1 h" },
  { value: "6", label: "6 h" },
  { value: "24", label: "24 h" },
];

/** How everything is doing, on one page. */
export function OverviewPage() {
  const [filters, change] = useFilters();
  const query = filters.hours ? { hours: filters.hours } : {};
  const overview = useLive(["overview", query], (options) => reads.overview(query, options));
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <SegmentedControl
            aria-label="Time span of the charts"
            data={spans}
            value={filters.hours ?? "6"}
            onChange={(hours) => change({ hours })}
          />
        }
      />
      <Loaded query={overview} rows={12}>
        {(data) => (
          <Stack gap="md">
            <Numbers overview={data} />
            <Suspense fallback={<LoadingState rows={5} />}>
              <TrafficCharts series={data.series} />
            </Suspense>
            <div className={classes.halves}>
              <BreakersPanel breakers={data.breakers} />
              <SourcesPanel sources={data.sources} />
            </div>
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function Numbers({ overview }: { overview: Overview }) {
  const { rates, dispatchers, breakers } = overview;
  return (
    <StatGrid>
      <DeadLetterTiles letters={overview.dead_letters} />
      <StatTile
        label="In / out, per second"
        value={rates === null ? "–" : `${rateOf(rates.in_per_second)} / ${rateOf(rates.out_per_second)}`}
        note={rates === null ? "Nothing was counted yet" : "Events in, deliveries out"}
      />
      <DueTile queue={overview.queue} />
      <StatTile
        label="Open breakers"
        value={breakers.open.toLocaleString("en")}
        tone={breakers.open > 0 ? "warn" : "usual"}
        note={breakers.open === 0 ? "Every endpoint is tried" : "Endpoints that rest"}
        to="/subscriptions"
      />
      <StatTile
        label="Dispatchers alive"
        value={dispatchers.alive}
        tone={dispatchers.alive === 0 ? "bad" : "usual"}
        note={
          <>
            Last sign <TimeAgo at={dispatchers.last_heartbeat_at} />
          </>
        }
      />
    </StatGrid>
  );
}

function DeadLetterTiles({ letters }: { letters: Overview["dead_letters"] }) {
  const now = useNow();
  return (
    <>
      <StatTile
        label="Open dead letters"
        value={letters.depth.toLocaleString("en")}
        tone={letters.alert ? "bad" : "usual"}
        note={
          letters.alert
            ? `Alert in ${letters.alerting_organizations} ${letters.alerting_organizations === 1 ? "organization" : "organizations"}`
            : "No alert"
        }
        to="/dead-letters"
      />
      <StatTile
        label="Oldest dead letter"
        value={letters.oldest_event === null ? "none" : ageOf(letters.oldest_event, now)}
        note={letters.oldest_event === null ? undefined : "since it was buried"}
        to="/dead-letters/list"
      />
    </>
  );
}

function DueTile({ queue }: { queue: Overview["queue"] }) {
  const now = useNow();
  const waitedMs = queue.oldest_due_at === null ? null : now - Date.parse(queue.oldest_due_at);
  const more = queue.complete ? "" : "+";
  return (
    <StatTile
      label="Oldest due delivery"
      value={waitedMs === null ? "none" : describeDuration(Math.max(0, waitedMs))}
      tone={waitedMs !== null && waitedMs > lateMs ? "warn" : "usual"}
      note={`${queue.due.toLocaleString("en")}${more} due, ${queue.held_back.toLocaleString("en")}${more} held back`}
      to="/deliveries"
    />
  );
}

const lateMs = 60_000;
const ageOf = (at: string, now: number) => describeDuration(Math.max(0, now - new Date(at).getTime()));
const rateOf = (perSecond: number) =>
  perSecond === 0 ? "0" : perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString("en");
