import type { Overview } from "../api/types.ts";

type Minute = Overview["series"][number];
type Counts = Omit<Minute, "minute" | "estimated">;

/** A moment of a chart: when it begins, and what was counted in it. */
export type ChartMoment = Counts & { at: string };

const minuteMs = 60_000;
const momentsMax = 180;
const nothing: Counts = { requests: 0, events: 0, delivered: 0, retried: 0, failed: 0, dead_letters: 0 };

/**
 * Counts in equal steps for a chart: minutes that nobody counted are zero, and longer spans are averaged over steps of
 * several minutes, so that a chart never has more than 180 of them. Values stay per minute.
 */
export function fillMinutes(series: Minute[]): ChartMoment[] {
  const first = series[0];
  const last = series.at(-1);
  if (!first || !last) return [];
  const from = Date.parse(first.minute);
  const minuteCount = Math.round((Date.parse(last.minute) - from) / minuteMs) + 1;
  const stepMinutes = Math.ceil(minuteCount / momentsMax);
  const steps: ChartMoment[] = Array.from({ length: Math.ceil(minuteCount / stepMinutes) }, (_, index) => ({
    at: new Date(from + index * stepMinutes * minuteMs).toISOString(),
    ...nothing,
  }));
  for (const minute of series) {
    const step = steps[Math.floor((Date.parse(minute.minute) - from) / (stepMinutes * minuteMs))];
    if (!step) continue;
    for (const name of Object.keys(nothing) as (keyof Counts)[]) step[name] += minute[name] / stepMinutes;
  }
  return steps.map((step) => ({ ...step, ...roundCounts(step) }));
}

function roundCounts(step: ChartMoment): Counts {
  const names = Object.keys(nothing) as (keyof Counts)[];
  return Object.fromEntries(
    names.map((name) => [name, Math.round(step[name] * 10) / 10]),
  ) as unknown as Counts;
}
