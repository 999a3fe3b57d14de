import { EmptyState, Panel } from "@carewire/ui";
import { TimeChart } from "@carewire/ui/charts";
import { Text } from "@mantine/core";
import type { Overview } from "../api/types.ts";
import { fillMinutes } from "./fill-minutes.ts";
import classes from "./overview.module.css";

const traffic = [
  { name: "events", label: "Events in", color: "petrol.5" },
  { name: "delivered", label: "Delivered", color: "indigo.5" },
];
const trouble = [
  { name: "retried", label: "Retried", color: "yellow.6" },
  { name: "failed", label: "Given up", color: "red.5" },
  { name: "dead_letters", label: "Dead letters", color: "grape.5" },
];

/** What came in and went out, and what did not arrive, minute by minute. */
export default function TrafficCharts({ series }: { series: Overview["series"] }) {
  const data = fillMinutes(series);
  if (data.length < 2) {
    return (
      <Panel title="Traffic">
        <EmptyState title="Nothing was counted yet">
          The charts begin a minute or two after the first traffic.
        </EmptyState>
      </Panel>
    );
  }
  const isEstimated = series.some(({ estimated }) => estimated);
  return (
    <div className={classes.halves}>
      <Panel
        title="Events and deliveries, per minute"
        end={
          isEstimated ? (
            <Text size="xs" c="dimmed">
              partly estimated
            </Text>
          ) : null
        }
      >
        <TimeChart
          data={data}
          series={traffic}
          label="Events that came in and deliveries that arrived, per minute"
        />
      </Panel>
      <Panel title="What did not arrive at once, per minute">
        <TimeChart
          data={data}
          series={trouble}
          label="Retried and given up deliveries, and dead letters, per minute"
        />
      </Panel>
    </div>
  );
}
