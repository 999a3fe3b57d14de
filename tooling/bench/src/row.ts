import type { BenchEnv } from "./env.ts";

/** What a value must be for the design to hold. */
export interface Target {
  relation: "at least" | "at most" | "under";
  value: number;
}

/** One number a row reports: the median over its rounds. */
export interface Metric {
  name: string;
  /** `/s`, `ms`, `MiB`, `CPU s / 1,000`, `×` for ratios, `` for counts. */
  unit: string;
  target?: Target;
}

/** What one round measured, by metric name. Both sides of a ratio come from the same round. */
export type Sample = Record<string, number>;

/** What a row gets to work with. */
export interface Bench {
  env: BenchEnv;
  /** Multiplies every count and duration; 1 = the published sizes. */
  scale: number;
  /** Runs when the row is over, however it ended; last deferred, first run. */
  defer(release: () => Promise<unknown> | unknown): void;
}

export interface Row {
  name: string;
  /** One line: what is measured against what. */
  title: string;
  metrics: readonly Metric[];
  /** Sets everything up and warms it; the function it returns measures one round. */
  open(bench: Bench): Promise<() => Promise<Sample>>;
}

/** A count scaled to the run, never under `min`. */
export const scaled = (bench: Bench, count: number, min: number): number =>
  Math.max(min, Math.round(count * bench.scale));

/** CPU time of a measured process. */
export const cpuMetric = (name: string): Metric => ({ name, unit: "CPU s / 1,000" });
