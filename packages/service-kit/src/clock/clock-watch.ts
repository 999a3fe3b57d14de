import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Gauge } from "prom-client";
import type { Metrics } from "../metrics/create-metrics.ts";

/** Further apart than clocks that are kept in time, and nearer than where signatures are refused. */
const skewSecondsMax = 2;

/** Registers the gauge for {@link createClockWatch}. */
export function createClockSkewGauge(metrics: Metrics): Gauge {
  return metrics.gauge({
    name: "carewire_clock_skew_seconds",
    help: "How far this process's clock and the database's are apart.",
  });
}

export interface ClockWatchOptions {
  sql: Sql;
  clock: Clock;
  gauge: Gauge;
  /** Told when the clocks are more than 2 s apart: once while it lasts. */
  onSkew(error: Error): void;
}

/**
 * Compares the clock by which a process signs or checks signatures with the database's, each time the returned function
 * is called. That rejects only when the database does not answer.
 */
export function createClockWatch({ sql, clock, gauge, onSkew }: ClockWatchOptions): () => Promise<void> {
  let wasApart = false;
  return async () => {
    const skewSeconds = await measureSkew(sql, clock);
    gauge.set(skewSeconds);
    const isApart = skewSeconds > skewSecondsMax;
    if (isApart && !wasApart) onSkew(skewError(skewSeconds));
    wasApart = isApart;
  };
}

async function measureSkew(sql: Sql, clock: Clock): Promise<number> {
  const beforeMs = clock.now();
  const [row] = await sql<[{ now_ms: number }]>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 now_ms`;
  // When within the question it was read is not known: it may have waited for a connection.
  return Math.max(0, beforeMs - row.now_ms, row.now_ms - clock.now()) / 1_000;
}

const skewError = (seconds: number): Error =>
  new Error(
    `this machine's clock and the database's are ${seconds.toFixed(1)} s apart; signatures are refused from 300 s on: ` +
      "let NTP keep both in time",
  );
