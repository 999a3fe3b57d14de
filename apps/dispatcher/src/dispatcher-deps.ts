import type { Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { BreakerSettings } from "./admission/breaker.ts";
import type { AttemptListener } from "./conclude.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import type { Retention } from "./retention/retention-env.ts";
import type { Pools } from "./send/pools.ts";
import type { ShardHints } from "./wake/redis-hints.ts";

export interface DispatcherDeps {
  /** At least 5 connections: filter, promote, replay, drain, everything else. */
  sql: Sql;
  /** A connection of its own for claims; see `claimSettings`. */
  claimSql: Sql;
  /** A connection of its own for routing; see `routingSettings`. */
  routeSql: Sql;
  /** Connections of their own for outcomes; see `recordingSettings`. */
  recordSql: Sql;
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
