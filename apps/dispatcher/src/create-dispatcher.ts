import { createPublisher, type Vault, wakeChannel } from "@carewire/bus";
import { assertDurable, createPartitions, type Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type BreakerSettings, defaultBreakerSettings } from "./admission/breaker.ts";
import { createClaimLoop } from "./claim-loop.ts";
import type { AttemptListener } from "./conclude.ts";
import { createDeliverer } from "./deliver.ts";
import { type DispatcherMetrics, observeAdmission, observeBacklog } from "./dispatcher-metrics.ts";
import { createDrainLoop } from "./drain/drain-loop.ts";
import { createEndpointWatch } from "./endpoint-watch.ts";
import { createFifoLoop } from "./fifo/fifo-loop.ts";
import { createFilterCache } from "./filter/filter-cache.ts";
import { createFilterLoop } from "./filter/filter-loop.ts";
import { upkeep } from "./maintenance.ts";
import { createRecordQueue } from "./record-queue.ts";
import { createFilterCandidates } from "./replay/filter-candidates.ts";
import { createReplayLoop } from "./replay/replay-loop.ts";
import type { Retention } from "./retention/retention-env.ts";
import { createRouteLoop, splitByDestination } from "./route-loop.ts";
import { every } from "./schedule/every.ts";
import { createPace } from "./schedule/pace.ts";
import { createDeadlines } from "./send/deadlines.ts";
import { createTokenFetcher } from "./send/fetch-token.ts";
import { createOauthTokens } from "./send/oauth-tokens.ts";
import type { Pools } from "./send/pools.ts";
import { createPoster } from "./send/post.ts";
import { createProxyGate } from "./send/proxy-gate.ts";
import { createTargets } from "./send/targets.ts";
import { createDirtyShards } from "./shards/dirty-shards.ts";
import { createDueTimes } from "./shards/due-times.ts";
import { createMembership } from "./shards/membership.ts";
import { measureBacklog } from "./store/measure-backlog.ts";
import type { Routed } from "./store/route.ts";
import { shelveDeliveries } from "./store/shelve.ts";
import { listenForWakeups } from "./wake/listen.ts";
import type { ShardHints } from "./wake/redis-hints.ts";

export interface DispatcherDeps {
  /** At least 6 connections: route, filter, claim, record, promote, everything else. */
  sql: Sql;
  /** A connection of its own for routing; see `routingSettings`. */
  routeSql: Sql;
  /** A pool of its own for LISTEN and NOTIFY, 2 connections. */
  wakeSql: Sql;
  vault: Vault;
  clock: Clock;
  /** Measures durations and deadlines, whatever happens to the wall clock. Default: the process's own. */
  monotonic?: Clock;
  random(): number;
  pools: Pools;
  metrics: DispatcherMetrics;
  instanceId: string;
  /** Hands shards to other dispatchers through Redis; null when there is none. */
  createHints: ((onHint: (shard: number) => void) => ShardHints) | null;
  onError(where: string, error: unknown): void;
  /** Told about every attempt as its outcome becomes known; null when nobody wants to know. */
  onAttempt: AttemptListener | null;
  failpoint(name: string): void;
  settings: DispatcherSettings;
}

export interface DispatcherSettings {
  /** Connect, headers and body together. */
  attemptTimeoutMs: number;
  /** Must outlive the attempt timeout plus a database restart. */
  leaseSeconds: number;
  scheduleMs: readonly number[];
  /** Default: `defaultBreakerSettings`. */
  breaker?: BreakerSettings;
  /** An endpoint that only failed for so long is switched off. */
  disableAfterMs: number;
  retention: Retention;
}

export interface Dispatcher {
  start(): Promise<void>;
  /** Takes no new work, waits for answers and records them. */
  drain(): Promise<void>;
}

const fastMax = 512;
const slowMax = 128;
const unrecordedMax = 2_048;
const endpointsMax = 50_000;
const slowAfterMs = 1_000;
/** Routing waits while claims cannot keep up and this many deliveries are ahead of them. */
const routedAheadMax = 20_000;
const errorDelayMs = 200;
/** Connect, headers and body of an OAuth2 token's answer; the attempt's own timeout bounds it too. */
const tokenTimeoutMs = 10_000;
/** Between two claims, and between two routed batches, that were not full. */
const paceMs = 2;
const tickMs = 50;
/** How often replay jobs are looked for; a running one goes on without waiting for it. */
const replayMs = 250;
const upkeepMs = 600_000;

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { sql, wakeSql, vault, clock, metrics, settings, failpoint } = deps;
  const dirty = createDirtyShards();
  const monotonic = deps.monotonic ?? { now: () => performance.now() };
  const dueTimes = createDueTimes({ clock: monotonic });
  const publisher = createPublisher({ vault });
  const watch = createEndpointWatch({
    ...{ sql, publisher, clock, monotonic, random: deps.random, metrics, wakeShard, onError: deps.onError },
    limits: {
      ...{ fastMax, slowMax, unrecordedMax, endpointsMax },
      breaker: settings.breaker ?? defaultBreakerSettings,
    },
    disableAfterMs: settings.disableAfterMs,
    onPublished: () => routeLoop.poke(),
  });
  const { admission } = watch;
  const deadlines = createDeadlines({ clock: monotonic, delayMs: settings.attemptTimeoutMs });
  const overdues = createDeadlines({ clock: monotonic, delayMs: slowAfterMs });
  // Past its leases an instance owns nothing, so its shards need not wait longer for a new owner.
  const silenceSecondsMax = Math.min(10, settings.leaseSeconds);
  const timers: { stop(): void }[] = [];
  let routedAhead = 0;
  let draining = false;
  let hints: ShardHints | null = null;

  const pause = (where: string) => (error: unknown) => {
    deps.onError(where, error);
    return new Promise<void>((resolve) => setTimeout(resolve, errorDelayMs));
  };
  const recordQueue = createRecordQueue({
    ...{ sql, publisher, failpoint },
    onPublished: () => routeLoop.poke(),
    onFenced: (outcomes) => metrics.fencedOutcomes.inc(outcomes),
    onError: (error) => deps.onError("record", error),
  });
  const proxyGate = createProxyGate({
    clock: monotonic,
    onClosed: (detail) => deps.onError("egress proxy", new Error(detail)),
  });
  const deliverer = createDeliverer({
    ...deps,
    targets: createTargets({
      sql,
      vault,
      clock: monotonic,
      targetsMax: endpointsMax,
      scheduleMs: settings.scheduleMs,
      onLoaded: watch.onLoaded,
      onUnreadable: (id, error) => deps.onError(`open secret of ${id}`, error),
    }),
    admission,
    gate: watch.gate,
    onAnswer: watch.onAnswer,
    post: createPoster({
      pools: deps.pools,
      tokens: createOauthTokens({
        fetchToken: createTokenFetcher({
          pools: deps.pools,
          timeoutMs: Math.min(tokenTimeoutMs, settings.attemptTimeoutMs),
        }),
        clock: monotonic,
        tokensMax: endpointsMax,
      }),
      clock: monotonic,
      deadlines,
      overdues,
      timeoutMs: settings.attemptTimeoutMs,
      onOutcome: proxyGate.noted,
    }),
    record: recordQueue.record,
    onRecorded: () => claimLoop.poke(),
    shelve: (deliveries) => shelveDeliveries(sql, deliveries),
    freeLane: (id) => fifoLoop.finished(id),
    disable: watch.disable,
    wakeShard,
    onUnreadable: (eventId, error) => deps.onError(`open payload of ${eventId}`, error),
  });
  const claimLoop = createClaimLoop({
    sql,
    dirty,
    admission: { ...admission, offer: () => (proxyGate.closed() ? null : admission.offer()) },
    deliverer,
    metrics,
    leaseSeconds: settings.leaseSeconds,
    pace: createPace(paceMs, monotonic.now),
    onClaimed(deliveries) {
      const wasAhead = routedAhead >= routedAheadMax;
      // Others may have claimed what was routed here: counted down only, it would end too high for good.
      routedAhead = claimLoop.saturated() ? Math.max(0, routedAhead - deliveries) : 0;
      if (!wasAhead || routedAhead >= routedAheadMax) return;
      routeLoop.poke();
      filterLoop.poke();
    },
    onError: pause("claim"),
  });
  const membership = createMembership({
    sql,
    instanceId: deps.instanceId,
    silenceSecondsMax,
    onGained: (shards) => markAll(shards),
  });
  const routeLoop = createRouteLoop({
    sql: deps.routeSql,
    pace: createPace(paceMs, monotonic.now),
    failpoint,
    paused: isAhead,
    onRouted,
    onError: pause("route"),
  });
  const filterLoop = createFilterLoop({
    ...{ sql, vault, clock, failpoint, paused: isAhead },
    pace: createPace(paceMs, monotonic.now),
    filters: createFilterCache({
      filtersMax: endpointsMax,
      onUnreadable: (id, error) => deps.onError(`read filter of ${id}`, error),
    }),
    onUnreadable: (eventId, error) => deps.onError(`open payload of ${eventId}`, error),
    onFiltered({ deliveriesByShard, lanes }) {
      onDue(deliveriesByShard);
      fifoLoop.queued(lanes);
    },
    onError: pause("filter"),
  });

  const fifoLoop = createFifoLoop({
    sql,
    pace: createPace(paceMs, monotonic.now),
    failpoint,
    onPromoted({ deliveriesByShard, retries }) {
      onDue(deliveriesByShard);
      if (retries) markAll([...deliveriesByShard.keys()].filter(membership.owns));
    },
    onError: pause("promote"),
  });

  const replayLoop = createReplayLoop({
    ...{ sql, failpoint, onReplayed },
    filterCandidates: createFilterCandidates({ vault }),
    onError: pause("replay"),
  });
  const drainLoop = createDrainLoop({ sql, failpoint, onReleased: onReplayed, onError: pause("drain") });

  function isAhead(): boolean {
    return routedAhead >= routedAheadMax && claimLoop.saturated();
  }

  function wakeShard(shard: number, delayMs: number): void {
    if (delayMs > 0) dueTimes.add(shard, delayMs);
    else {
      dirty.mark(shard);
      claimLoop.poke();
    }
  }

  function markAll(shards: readonly number[]): void {
    for (const shard of shards) dirty.mark(shard);
    claimLoop.poke();
  }

  function onRouted({ events, deliveriesByShard, toFilter, lanes }: Routed): void {
    metrics.routedEvents.inc(events);
    onDue(deliveriesByShard);
    fifoLoop.queued(lanes);
    if (toFilter > 0) filterLoop.poke();
  }

  function onDue(deliveriesByShard: Map<number, number>): void {
    const { shards, consumers } = splitByDestination(deliveriesByShard);
    const own = shards.filter(membership.owns);
    for (const shard of own) {
      routedAhead += deliveriesByShard.get(shard) ?? 0;
      dirty.markFresh(shard);
    }
    claimLoop.poke();
    if (consumers) notify("consumers");
    wakeOthers(shards);
  }

  function onReplayed(shard: number): void {
    if (!membership.owns(shard)) {
      wakeOthers([shard]);
      return;
    }
    dirty.markLater(shard);
    claimLoop.poke();
  }

  function wakeOthers(shards: number[]): void {
    const others = shards.filter((shard) => !membership.owns(shard));
    if (others.length === 0) return;
    if (hints?.available()) hints.hint(others);
    else notify(`shards:${others.join(",")}`);
  }

  function notify(payload: string): void {
    wakeSql.notify(wakeChannel, payload).catch(() => {});
  }

  function sweepLanes(): Promise<void> {
    return fifoLoop.sweep().catch((error) => deps.onError("sweep lanes", error));
  }

  /** The safety net: every shard we own is looked at again every few seconds, hint or no hint. */
  let swept = 0;
  function tick(): void {
    const owned = membership.owned();
    const next = owned[swept++ % Math.max(1, owned.length)];
    markAll(next === undefined ? dueTimes.takeDue() : [...dueTimes.takeDue(), next]);
  }

  return {
    async start() {
      await assertDurable(sql);
      await createPartitions(sql, new Date(clock.now()));
      await membership.refresh();
      hints = deps.createHints?.((shard) => markAll([shard])) ?? null;
      void listenForWakeups(wakeSql, (wakeup) => {
        if (draining) return;
        if (wakeup.kind === "route") routeLoop.poke();
        else if (wakeup.kind === "lanes") void sweepLanes();
        else markAll(wakeup.shards.filter(membership.owns));
      }).catch((error) => deps.onError("listen", error));
      timers.push(
        every(tickMs, tick),
        every(250, routeLoop.poke),
        every(500, filterLoop.poke),
        every(replayMs, replayLoop.poke),
        every(1_000, sweepLanes),
        every(1_000, drainLoop.poke),
        every(silenceSecondsMax * 200, membership.refresh, (error) => deps.onError("membership", error)),
        every(
          5_000,
          async () => observeBacklog(metrics, await measureBacklog(sql)),
          (error) => deps.onError("measure", error),
        ),
        every(1_000, () => observeAdmission(metrics, admission)),
        ...watch.start(),
        every(30_000, deps.pools.sweep),
        every(
          upkeepMs,
          () => upkeep({ sql, retention: settings.retention, onError: deps.onError }, new Date(clock.now())),
          (error) => deps.onError("upkeep", error),
        ),
      );
      routeLoop.poke();
    },
    async drain() {
      draining = true;
      for (const timer of timers) timer.stop();
      await Promise.all([routeLoop, filterLoop, replayLoop, drainLoop, claimLoop].map((loop) => loop.stop()));
      // Every request has a deadline, so this ends; without a database the service's own stop deadline ends it.
      while (admission.counts().unrecorded > 0) {
        await recordQueue.drain();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await watch.save().catch((error) => deps.onError("health", error));
      await fifoLoop.drain().catch((error) => deps.onError("free lanes", error));
      await membership.leave().catch((error) => deps.onError("leave", error));
      deadlines.stop();
      overdues.stop();
      await hints?.close();
      await deps.pools.close();
      observeAdmission(metrics, admission);
    },
  };
}
