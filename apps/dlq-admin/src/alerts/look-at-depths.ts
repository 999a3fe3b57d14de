import { cancelOrphans, reopenStranded, type Waker } from "@carewire/bus";
import type { Logger } from "@carewire/service-kit";
import { type AlertDeps, clearAlert, raiseAlert } from "./alert-changes.ts";
import { type AlertRule, isAlert } from "./alert-rule.ts";
import type { DepthMetrics } from "./depth-metrics.ts";
import { readDepths } from "./read-depths.ts";

export interface LookDeps extends AlertDeps {
  waker: Pick<Waker, "wake">;
  logger: Pick<Logger, "info" | "warn">;
  metrics: DepthMetrics;
  alertRule: AlertRule;
}

/**
 * One look: sets the metrics, raises and clears alerts, and tidies up what nobody else will come back to. An organization
 * whose alert cannot be changed, say because its key is unusable, keeps nothing from the others; rejects with all of those
 * at the end.
 */
export async function lookAtDepths(deps: LookDeps): Promise<void> {
  const { sql, clock, logger, alertRule, metrics } = deps;
  const nowMs = clock.now();
  const depths = await readDepths(sql);
  const alerting = depths.filter(({ depth, oldest }) =>
    isAlert({ depth, oldestAt: oldest }, alertRule, nowMs),
  );
  const oldestMs = Math.min(nowMs, ...depths.map(({ oldest }) => oldest.getTime()));
  metrics.set({
    depth: depths.reduce((total, { depth }) => total + depth, 0),
    oldestAgeSeconds: (nowMs - oldestMs) / 1_000,
    alerts: alerting.length,
  });
  const standing = new Set(
    (await sql<{ organization_id: string }[]>`select organization_id from dead_letter_alerts`).map(
      (row) => row.organization_id,
    ),
  );
  const failures: unknown[] = [];
  const attempt = (change: Promise<boolean>): Promise<boolean> =>
    change.catch((error) => {
      failures.push(error);
      return false;
    });
  for (const found of alerting) {
    if (standing.delete(found.organization_id) || !(await attempt(raiseAlert(deps, found)))) continue;
    const { organization_id, depth, oldest } = found;
    const lagMs = nowMs - oldest.getTime();
    logger.warn({ organization_id, count: depth, lag_ms: lagMs }, "dead letters need attention");
    deps.waker.wake();
  }
  for (const organizationId of standing) {
    const depth = depths.find((row) => row.organization_id === organizationId)?.depth ?? 0;
    if (!(await attempt(clearAlert(deps, organizationId, depth)))) continue;
    logger.info({ organization_id: organizationId, count: depth }, "dead letters need no attention any more");
    deps.waker.wake();
  }
  await cancelOrphans(sql);
  await reopenStranded(sql);
  if (failures.length > 0) {
    throw new AggregateError(failures, "the alerts of some organizations could not be changed");
  }
}
