/** Delays after the first try: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h (Svix's schedule, 27.6 h in all). */
export const defaultRetryScheduleMs: readonly number[] = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000,
];

const jitterRatio = 0.2;

/**
 * The delay before retry number `step` (0 = the first retry), spread by ±20 % so that endpoints that failed
 * together do not come back together. Steps past the end repeat the last delay. `random` is in [0, 1).
 */
export function retryDelayMs(scheduleMs: readonly number[], step: number, random: number): number {
  const base = scheduleMs[Math.min(step, scheduleMs.length - 1)] ?? 0;
  return Math.round(base * (1 - jitterRatio + 2 * jitterRatio * random));
}
