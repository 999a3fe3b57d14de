import { createPublisher } from "@carewire/bus";
import { assertDurable, createPartitions } from "@carewire/db";
import { defaultBreakerSettings } from "./admission/breaker.ts";
import { createClaimLoop } from "./claim-loop.ts";
import type { DispatcherDeps } from "./dispatcher-deps.ts";
import { observeAdmission } from "./dispatcher-metrics.ts";
import { createDrainLoop } from "./drain/drain-loop.ts";
import { createDueWork } from "./due-work.ts";
import { createEndpointWatch } from "./endpoint-watch.ts";
import { createFifoLoop } from "./fifo/fifo-loop.ts";
import { createFilterCache } from "./filter/filter-cache.ts";
import { createFilterLoop } from "./filter/filter-loop.ts";
import { upkeep } from "./maintenance.ts";
import { startMeasuring } from "./measuring.ts";
import { createRecordQueue } from "./record-queue.ts";
import { createFilterCandidates } from "./replay/filter-candidates.ts";
import { createReplayLoop } from "./replay/replay-loop.ts";
import { createRouteLoop } from "./route-loop.ts";
import { every } from "./schedule/every.ts";
import { createPace } from "./schedule/pace.ts";
import { createRounds } from "./schedule/rounds.ts";
import { createSender } from "./sender.ts";
import type { Routed } from "./store/route.ts";
import { listenForWakeups } from "./wake/listen.ts";

export interface Dispatcher {
  start(): Promise<void>;
  /** Takes no new work, waits for answers and records them. */
  drain(): Promise<void>;
}

const fastMax = 1_024;
const slowMax = 128;
const unrecordedMax = 4_096;
const bodyBytesMax = 67_108_864;
const endpointsMax = 50_000;
const errorDelayMs = 200;
/** Between two batches of a loop that were not full. */
const paceMs = 2;
/** Between two claims: what is new is mostly sent as it is routed, and a claim costs more than its rows. */
const claimPaceMs = 5;
/** A sweep of long lanes takes longer than this. */
const laneSweepPaceMs = 50;
const tickMs = 50;
/** An eighth of the shards each time. */
const sweepMs = 400;
/** How often replay jobs are looked for; a running one goes on without waiting for it. */
const replayMs = 250;
const upkeepMs = 600_000;

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { sql, wakeSql, vault, clock, metrics, settings, failpoint } = deps;
  const monotonic = deps.monotonic ?? { now: () => performance.now() };
  const publisher = createPublisher({ vault });
  const watch = createEndpointWatch({
    ...{ sql, publisher, clock, monotonic, random: deps.random, metrics, onError: deps.onError },
    ...{ wakeShard: (shard: number, delayMs: number) => due.wakeShard(shard, delayMs) },
    limits: {
      ...{ fastMax, slowMax, unrecordedMax, bodyBytesMax, endpointsMax },
      breaker: settings.breaker ?? defaultBreakerSettings,
    },
    disableAfterMs: settings.disableAfterMs,
    onPublished: () => routeLoop.poke(),
  });
  const { admission } = watch;
  // Past its leases an instance owns nothing, so its shards need not wait longer for a new owner.
  const silenceSecondsMax = Math.min(10, settings.leaseSeconds);
  const timers: { stop(): void }[] = [];
  let draining = false;
  const due = createDueWork({
    ...{
      sql,
      wakeSql,
      monotonic,
      silenceSecondsMax,
      instanceId: deps.instanceId,
      createHints: deps.createHints,
    },
    pokeClaims: () => claimLoop.poke(),
    saturated: () => claimLoop.saturated(),
  });

  const pause = (where: string) => (error: unknown) => {
    deps.onError(where, error);
    return new Promise<void>((resolve) => setTimeout(resolve, errorDelayMs));
  };
  const recordQueue = createRecordQueue({
    ...{ sql: deps.recordSql, publisher, failpoint },
    onPublished: () => routeLoop.poke(),
    onFenced: (outcomes) => metrics.fencedOutcomes.inc(outcomes),
    onError: (error) => deps.onError("record", error),
  });
  const sender = createSender({
    ...{ deps, monotonic, watch, endpointsMax },
    record: recordQueue.record,
    onRecorded: () => claimLoop.poke(),
    freeLane: (id) => fifoLoop.finished(id),
    wakeShard: due.wakeShard,
  });
  const claimLoop = createClaimLoop({
    sql: deps.claimSql,
    dirty: due.dirty,
    admission: { ...admission, offer: (visits) => (sender.mayClaim() ? admission.offer(visits) : null) },
    deliverer: sender.deliverer,
    metrics,
    leaseSeconds: settings.leaseSeconds,
    pace: createPace(claimPaceMs, monotonic.now),
    onClaimed(deliveries) {
      if (!due.caughtUp(deliveries)) return;
      routeLoop.poke();
      filterLoop.poke();
    },
    onError: pause("claim"),
  });
  const routeLoop = createRouteLoop({
    sql: deps.routeSql,
    pace: createPace(paceMs, monotonic.now),
    failpoint,
    paused: due.isAhead,
    leasing: {
      ...admission,
      deliver: sender.deliverer.deliver,
      offer: () => (sender.mayClaim() ? admission.offerRouted() : null),
      onSettled: () => claimLoop.poke(),
      ownedShards: due.membership.owned,
      leaseSeconds: settings.leaseSeconds,
    },
    onRouted,
    onError: pause("route"),
  });
  const filterLoop = createFilterLoop({
    ...{ sql, vault, clock, failpoint, paused: due.isAhead },
    pace: createPace(paceMs, monotonic.now),
    filters: createFilterCache({
      filtersMax: endpointsMax,
      onUnreadable: (id, error) => deps.onError(`read filter of ${id}`, error),
    }),
    onUnreadable: (eventId, error) => deps.onError(`open payload of ${eventId}`, error),
    onFiltered({ deliveriesByShard, lanes }) {
      due.onDue(deliveriesByShard);
      fifoLoop.queued(lanes);
    },
    onError: pause("filter"),
  });

  const fifoLoop = createFifoLoop({
    sql,
    pace: createPace(paceMs, monotonic.now),
    failpoint,
    onPromoted({ deliveriesByShard, retries }) {
      due.onDue(deliveriesByShard);
      if (retries) due.markOwn([...deliveriesByShard.keys()]);
    },
    onError: pause("promote"),
  });

  const replayLoop = createReplayLoop({
    ...{ sql, failpoint, onReplayed: due.onLater },
    filterCandidates: createFilterCandidates({ vault }),
    onError: pause("replay"),
  });
  const drainLoop = createDrainLoop({ sql, failpoint, onReleased: due.onLater, onError: pause("drain") });

  function onRouted({ events, leased, deliveriesByShard, toFilter, lanes }: Routed): void {
    metrics.routedEvents.inc(events);
    metrics.claimedDeliveries.inc(leased.deliveries.length);
    due.onDue(deliveriesByShard);
    fifoLoop.queued(lanes);
    if (toFilter > 0) filterLoop.poke();
  }

  /** What a stop breaks off is no error: the next dispatcher does it. */
  function unlessStopping(where: string, error: unknown): void {
    if (!draining) deps.onError(where, error);
  }

  // Whoever finishes something of an order asks for one, hundreds of times a second if there are as many.
  const laneSweeps = createRounds({
    pace: createPace(laneSweepPaceMs, monotonic.now),
    paused: () => false,
    async round() {
      await fifoLoop.sweep();
      return false;
    },
    onError: pause("sweep lanes"),
  });

  function keepUp(): Promise<void> {
    const expiry = { sql, retention: settings.retention, onError: unlessStopping };
    return upkeep(expiry, new Date(clock.now())).catch((error) => unlessStopping("upkeep", error));
  }

  return {
    async start() {
      await assertDurable(sql);
      // Before any work: a day that begins in the default partition stays there. A week is ready, so it may fail, and the
      // upkeep that follows has the patience.
      await createPartitions(sql, new Date(clock.now()), { tries: 1 }).catch((error) =>
        deps.onError("create partitions", error),
      );
      timers.push(...(await startMeasuring({ ...deps, admission })));
      await due.membership.refresh();
      due.connect();
      void listenForWakeups(wakeSql, (wakeup) => {
        if (draining) return;
        if (wakeup.kind === "route") routeLoop.poke();
        else if (wakeup.kind === "lanes") laneSweeps.poke();
        else due.markOwn(wakeup.shards);
      }).catch((error) => unlessStopping("listen", error));
      timers.push(
        every(tickMs, due.tick),
        every(sweepMs, due.sweep),
        every(250, routeLoop.poke),
        every(500, filterLoop.poke),
        every(replayMs, replayLoop.poke),
        every(1_000, laneSweeps.poke),
        every(1_000, drainLoop.poke),
        every(silenceSecondsMax * 200, due.membership.refresh, (error) => deps.onError("membership", error)),
        ...watch.start(),
        every(30_000, deps.pools.sweep),
        every(upkeepMs, keepUp),
      );
      // At once too: dispatchers that restart often would otherwise never expire anything.
      void keepUp();
      routeLoop.poke();
    },
    async drain() {
      draining = true;
      for (const timer of timers) timer.stop();
      const loops = [routeLoop, filterLoop, replayLoop, drainLoop, claimLoop, laneSweeps];
      await Promise.all(loops.map((loop) => loop.stop()));
      // Every request has a deadline, so this ends; without a database the service's own stop deadline ends it.
      while (admission.counts().unrecorded > 0) {
        await recordQueue.drain();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await watch.save().catch((error) => deps.onError("health", error));
      await fifoLoop.drain().catch((error) => deps.onError("free lanes", error));
      await due.membership.leave().catch((error) => deps.onError("leave", error));
      sender.stop();
      await due.close();
      await deps.pools.close();
      observeAdmission(metrics, admission);
    },
  };
}
