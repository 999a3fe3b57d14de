import type { Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { SubscriptionRow } from "@carewire/delivery";
import type { Clock } from "@carewire/envelope";
import {
  type Admission,
  type AdmissionOptions,
  type Answer,
  createAdmission,
} from "./admission/admission.ts";
import { createGate, type Gate } from "./admission/gate.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import { createHealthChanges } from "./health/health-changes.ts";
import { createHealthLoop } from "./health/health-loop.ts";
import { healthPolicy } from "./health/next-health-step.ts";
import { every } from "./schedule/every.ts";
import { deferDeliveries } from "./store/defer.ts";
import { type Disabling, disableEndpoint } from "./store/disable-endpoint.ts";
import { reserveTokens } from "./store/reserve-tokens.ts";

export interface EndpointWatchDeps {
  sql: Sql;
  publisher: Publisher;
  clock: Clock;
  /** Only goes forward. */
  monotonic: Clock;
  random(): number;
  metrics: DispatcherMetrics;
  limits: Pick<
    AdmissionOptions,
    "fastMax" | "slowMax" | "unrecordedMax" | "bodyBytesMax" | "endpointsMax" | "breaker"
  >;
  /** An endpoint that only failed for so long is switched off. */
  disableAfterMs: number;
  /** The shard may have due work `delayMs` from now. */
  wakeShard(shard: number, delayMs: number): void;
  /** Events were published: they wait to be routed. */
  onPublished(): void;
  onError(where: string, error: unknown): void;
}

export interface EndpointWatch {
  admission: Admission;
  gate: Gate;
  onAnswer(subscriptionId: string, answer: Answer, nowMs: number): void;
  /** A subscription was read from the database, with what other dispatchers found out about its endpoint. */
  onLoaded(row: SubscriptionRow): void;
  /** The endpoint asked for no more, when its subscription was of this version. */
  disable(subscriptionId: string, version: number, reason: string): void;
  start(): { stop(): void }[];
  /** Writes down what is known, for whoever comes next. */
  save(): Promise<void>;
}

const saveMs = 1_000;
const sweepMsMax = 10_000;
const sweepMsMin = 100;

/** Everything that protects endpoints, and all others from them: limits, breakers, rates, health. */
export function createEndpointWatch(deps: EndpointWatchDeps): EndpointWatch {
  const { sql, clock, monotonic, random, metrics, limits, disableAfterMs, wakeShard, onError } = deps;
  const changes = createHealthChanges({ endpointsMax: limits.endpointsMax, random });
  const admission = createAdmission({
    ...limits,
    clock: monotonic,
    random,
    wake: wakeShard,
    onBreaker: changes.breakerMoved,
  });
  const gate = createGate({
    admission,
    clock: monotonic,
    reserve: (requests) => reserveTokens(sql, requests),
    defer: (deliveries) => deferDeliveries(sql, deliveries),
    wakeShard,
    onDeferred: (reason) => metrics.deferredDeliveries.inc({ reason }),
    onError,
  });
  const health = createHealthLoop({ ...deps, admission, changes, policy: healthPolicy(disableAfterMs) });

  /** Endpoints that asked for no more, by subscription. Many of their answers may come at once. */
  const unwanted = new Map<string, Disabling & { version: number }>();
  let disabling: Promise<void> | null = null;

  /** One at a time: each holds a connection and may need a second one for its data key. */
  async function disableUnwanted(): Promise<void> {
    for (const [id, wish] of unwanted) {
      try {
        if (await disableEndpoint(deps, wish, new Date(clock.now()))) deps.onPublished();
        // Another one, of a newer version, may have come meanwhile.
        if (unwanted.get(id) === wish) unwanted.delete(id);
      } catch (error) {
        onError("disable", error);
      }
    }
  }

  function disableAll(): Promise<void> {
    disabling ??= disableUnwanted().finally(() => {
      disabling = null;
    });
    return disabling;
  }

  return {
    admission,
    gate,
    onAnswer: changes.answered,
    onLoaded({ id, rate_limit_per_second, breaker, breaker_ms, breaker_opens }) {
      if (rate_limit_per_second === null) admission.setQuota(id, null);
      // What this process found out and has not written down yet is newer.
      if (breaker === null || breaker === "closed" || changes.unsaved(id)) return;
      admission.adopt(id, { state: breaker, opens: breaker_opens ?? 0, remainingMs: breaker_ms, limit: 1 });
    },
    disable(subscriptionId, version, reason) {
      const newest = unwanted.get(subscriptionId)?.version ?? 0;
      if (newest < version) unwanted.set(subscriptionId, { subscriptionId, version, reason });
      void disableAll();
    },
    start: () => [
      // Those for which the database had no time.
      every(saveMs, () => (unwanted.size > 0 ? disableAll() : undefined)),
      every(saveMs, health.save, (error) => onError("health", error)),
      every(Math.min(sweepMsMax, Math.max(sweepMsMin, disableAfterMs / 100)), health.sweep, (error) =>
        onError("health sweep", error),
      ),
    ],
    async save() {
      await disabling;
      await health.save();
    },
  };
}
