import type { Overview } from "../api/types.ts";

type Minute = Overview["series"][number];
type CountName = Exclude<keyof Minute, "minute" | "estimated">;

/** A moment of a chart: when it begins, and what was counted in it; null where nobody counted. */
export type ChartMoment = Record<CountName, number | null> & { at: string };

const minuteMs = 60_000;
const momentsMax = 180;
const names: CountName[] = ["requests", "events", "delivered", "retried", "failed", "dead_letters"];

/**
 * Counts in equal steps for a chart. Minutes that nobody counted leave a gap. Longer spans are averaged over steps of
 * several minutes, so that a chart never has more than 180 of them; values stay per minute.
 */
export function fillMinutes(series: Minute[]): ChartMoment[] {
  const first = series[0];
  const last = series.at(-1);
  if (!first || !last) return [];
  const from = Date.parse(first.minute);
  const minuteCount = Math.round((Date.parse(last.minute) - from) / minuteMs) + 1;
  const stepMs = Math.ceil(minuteCount / momentsMax) * minuteMs;
  const counted = Map.groupBy(series, ({ minute }) => Math.floor((Date.parse(minute) - from) / stepMs));
  return Array.from({ length: Math.ceil((minuteCount * minuteMs) / stepMs) }, (_, index) => ({
    at: new Date(from + index * stepMs).toISOString(),
    ...averageOf(counted.get(index) ?? []),
  }));
}

function averageOf(minutes: Minute[]): Record<CountName, number | null> {
  const averages = names.map((name) => {
    const sum = minutes.reduce((total, minute) => total + minute[name], 0);
    return [name, minutes.length === 0 ? null : Math.round((sum / minutes.length) * 10) / 10];
  });
  return Object.fromEntries(averages) as Record<CountName, number | null>;
}
