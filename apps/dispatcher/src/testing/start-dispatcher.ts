import { connect } from "@carewire/db";
import type { AttemptRecord } from "@carewire/delivery";
import { newId, systemClock } from "@carewire/envelope";
import { createEgressGuard, createMetrics, type EgressGuardOptions } from "@carewire/service-kit";
import { limitMax } from "../admission/in-flight-limit.ts";
import { createDispatcher } from "../create-dispatcher.ts";
import type { DispatcherDeps, DispatcherSettings } from "../dispatcher-deps.ts";
import { createDispatcherMetrics } from "../dispatcher-metrics.ts";
import { createPools } from "../send/pools.ts";
import type { ClaimedDelivery } from "../store/claim.ts";
import {
  claimSettings,
  hotPathSettings,
  recordingSettings,
  routingSettings,
} from "../store/hot-path-settings.ts";
import type { DeliveryBench } from "./delivery-bench.ts";

export interface RunningDispatcher {
  /** What it reported, as `where: message`. */
  errors: string[];
  attempts: { record: AttemptRecord; delivery: ClaimedDelivery }[];
  /** Drains it; afterwards `inFlight` tells what is left. */
  drain(): Promise<void>;
  /** Requests and unrecorded outcomes, as last measured (every second and at the end of a drain). */
  inFlight(): Promise<number>;
  /** How many events it says it delivered, and how long after their publication, in seconds, all of them together. */
  deliveredSeconds(): Promise<{ count: number; sum: number }>;
  /** How far it says that its clock and the database's are apart. */
  clockSkewSeconds(): Promise<number | undefined>;
  /** Drains it and closes its connections. */
  stop(): Promise<void>;
}

export type DispatcherOptions = Partial<DispatcherSettings> &
  Partial<Pick<DispatcherDeps, "createHints" | "vault" | "clock" | "failpoint">> & {
    url?: string;
    answerTimeoutSeconds?: number;
    egress?: Partial<EgressGuardOptions>;
  };

const quick: DispatcherSettings = {
  // On a busy machine a shorter one would end requests that a test counts.
  attemptTimeoutMs: 30_000,
  leaseSeconds: 60,
  scheduleMs: [20],
  disableAfterMs: 432_000_000,
  retention: { payloadDays: 30, attemptDays: 30, eventDays: 90, inboundDays: 30, auditDays: null },
};

/** The whole dispatcher as main.ts builds it, in this process, with retries after milliseconds. */
export async function startDispatcher(
  bench: DeliveryBench,
  {
    url = bench.url,
    answerTimeoutSeconds,
    createHints = null,
    vault,
    clock,
    failpoint,
    egress,
    ...settings
  }: DispatcherOptions = {},
): Promise<RunningDispatcher> {
  const open = (name: string, max: number, settings = {}) =>
    connect({
      url,
      max,
      applicationName: name,
      settings,
      ...(answerTimeoutSeconds && { answerTimeoutSeconds }),
    });
  const sql = open("dispatcher", 6, hotPathSettings);
  const claimSql = open("dispatcher-claim", 1, claimSettings);
  const routeSql = open("dispatcher-route", 1, routingSettings);
  const recordSql = open("dispatcher-record", 2, recordingSettings);
  const wakeSql = open("dispatcher-wake", 1);
  const metrics = createDispatcherMetrics(createMetrics({ service: "dispatcher" }));
  const guard = createEgressGuard({ policy: { environment: "local" }, ...egress });
  const errors: string[] = [];
  const attempts: RunningDispatcher["attempts"] = [];
  const dispatcher = createDispatcher({
    sql,
    claimSql,
    routeSql,
    recordSql,
    wakeSql,
    vault: vault ?? bench.vault,
    clock: clock ?? systemClock,
    random: () => 0.5,
    pools: createPools({ ...guard, connectionsMax: limitMax, originsMax: 64 }),
    metrics,
    instanceId: newId(systemClock.now()),
    createHints,
    onError: (where, error) => errors.push(`${where}: ${error instanceof Error ? error.message : error}`),
    onAttempt: (record, delivery) => attempts.push({ record, delivery }),
    failpoint: failpoint ?? (() => {}),
    settings: { ...quick, ...settings },
  });
  await dispatcher.start();
  let drained: Promise<void> | null = null;
  const drain = () => {
    drained ??= dispatcher.drain();
    return drained;
  };
  return {
    errors,
    attempts,
    drain,
    async inFlight() {
      const { values } = await metrics.inFlight.get();
      return values.reduce((sum, { value }) => sum + value, 0);
    },
    async deliveredSeconds() {
      const { values } = await metrics.deliveredSeconds.get();
      const totalOf = (part: string) =>
        values.find(({ metricName }) => metricName?.endsWith(part))?.value ?? 0;
      return { count: totalOf("_count"), sum: totalOf("_sum") };
    },
    async clockSkewSeconds() {
      return (await metrics.clockSkewSeconds.get()).values[0]?.value;
    },
    async stop() {
      await drain();
      await Promise.all(
        [sql, claimSql, routeSql, recordSql, wakeSql].map((pool) => pool.end({ timeout: 1 })),
      );
    },
  };
}
