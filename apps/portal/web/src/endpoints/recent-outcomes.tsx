import { Tooltip } from "@mantine/core";
import { type Outcome, recentOutcomes } from "./outcome-bars.ts";
import { recentMax, useRecentDeliveries } from "./recent-deliveries.ts";
import classes from "./recent-outcomes.module.css";

/** An endpoint's newest deliveries as one bar each, oldest at the left. */
export function RecentOutcomes({ subscriptionId }: { subscriptionId: string }) {
  const deliveries = useRecentDeliveries(subscriptionId);
  if (deliveries.data === undefined) return <span className={classes.nothing}>…</span>;
  const { bars, summary } = recentOutcomes(deliveries.data.data);
  if (bars.length === 0) return <span className={classes.nothing}>No deliveries yet</span>;
  return (
    <Tooltip label={summary}>
      <svg className={classes.bars} width={recentMax * 4} height={20} role="img" aria-label={summary}>
        {bars.map(({ id, outcome }, index) => (
          <rect
            key={id}
            className={classes[outcome]}
            x={(recentMax - bars.length + index) * 4}
            y={heights[outcome].y}
            width={3}
            height={heights[outcome].height}
            rx={1}
          />
        ))}
      </svg>
    </Tooltip>
  );
}

/** What went wrong stands out by its height too, not by colour alone. */
const heights: Record<Outcome, { y: number; height: number }> = {
  delivered: { y: 8, height: 12 },
  failed: { y: 0, height: 20 },
  retrying: { y: 4, height: 16 },
  waiting: { y: 15, height: 5 },
};
