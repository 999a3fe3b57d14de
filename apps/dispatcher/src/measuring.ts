import { createClockWatch } from "@carewire/service-kit";
import type { Admission } from "./admission/admission.ts";
import type { DispatcherDeps } from "./dispatcher-deps.ts";
import { observeAdmission, observeBacklog } from "./dispatcher-metrics.ts";
import { every } from "./schedule/every.ts";
import { measureBacklog } from "./store/measure-backlog.ts";

export type MeasuringDeps = Pick<DispatcherDeps, "sql" | "clock" | "metrics" | "onError"> & {
  admission: Admission;
};

const backlogMs = 5_000;
const clockMs = 5_000;
const admissionMs = 1_000;

/** Keeps the gauges up to date, until the timers it returns are stopped. Looks at the clock before it returns. */
export async function startMeasuring({
  sql,
  clock,
  metrics,
  admission,
  onError,
}: MeasuringDeps): Promise<{ stop(): void }[]> {
  const onFailure = (error: unknown) => onError("measure", error);
  const lookAtClock = createClockWatch({
    ...{ sql, clock, gauge: metrics.clockSkewSeconds },
    onSkew: (error) => onError("clock", error),
  });
  await lookAtClock().catch(onFailure);
  return [
    every(backlogMs, async () => observeBacklog(metrics, await measureBacklog(sql)), onFailure),
    every(clockMs, lookAtClock, onFailure),
    every(admissionMs, () => observeAdmission(metrics, admission)),
  ];
}
