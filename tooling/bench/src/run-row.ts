import type { BenchEnv } from "./env.ts";
import type { Metric, Row, Sample } from "./row.ts";
import { median } from "./statistics/median.ts";

export interface RunOptions {
  env: BenchEnv;
  rounds: number;
  scale: number;
  /** Told after every round. */
  onRound(row: Row, round: number, sample: Sample): void;
}

/** What became of one metric. `met` is null when it has no target. */
export interface Finding extends Metric {
  median: number;
  rounds: number[];
  met: boolean | null;
}

/** `error` says why a row could not be measured to its end. */
export interface RowReport {
  name: string;
  title: string;
  findings: Finding[];
  error: string | null;
}

/** Runs a row, releases what it opened, and never rejects: what went wrong is in the report. */
export async function runRow(row: Row, options: RunOptions): Promise<RowReport> {
  const releases: (() => Promise<unknown> | unknown)[] = [];
  const samples: Sample[] = [];
  let error: string | null = null;
  try {
    const { env, scale } = options;
    const measure = await row.open({ env, scale, defer: (release) => void releases.push(release) });
    for (let round = 1; round <= options.rounds; round++) {
      const sample = await measure();
      samples.push(sample);
      options.onRound(row, round, sample);
    }
  } catch (reason) {
    error = describe(reason);
  }
  for (const release of releases.reverse()) {
    try {
      await release();
    } catch (reason) {
      error ??= `clean-up failed: ${describe(reason)}`;
    }
  }
  return { name: row.name, title: row.title, findings: summarize(row, samples), error };
}

function summarize(row: Row, samples: readonly Sample[]): Finding[] {
  return row.metrics.map((metric) => {
    const rounds = samples.map((sample) => sample[metric.name] ?? Number.NaN);
    const value = median(rounds);
    return { ...metric, median: value, rounds, met: metric.target ? isMet(metric.target, value) : null };
  });
}

function isMet({ relation, value: limit }: NonNullable<Metric["target"]>, value: number): boolean {
  switch (relation) {
    case "at least":
      return value >= limit;
    case "at most":
      return value <= limit;
    case "under":
      return value < limit;
  }
}

const describe = (reason: unknown): string =>
  reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
