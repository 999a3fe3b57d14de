/** A running job, as far as its speed can be told from it. */
export interface ReplaySpeed {
  total: number;
  replayed: number;
  ratePerSecond: number | null;
  createdAtMs: number;
  /** When `replayed` was as it is. */
  updatedAtMs: number;
}

/**
 * When a job will be done if it goes on as it did, but no faster than its rate; null while nothing can be told. Unix
 * milliseconds.
 */
export function estimateFinishMs(speed: ReplaySpeed, nowMs: number): number | null {
  const { total, replayed, ratePerSecond, createdAtMs, updatedAtMs } = speed;
  const remaining = Math.max(0, total - replayed);
  const elapsedMs = updatedAtMs - createdAtMs;
  const observed = replayed > 0 && elapsedMs > 0 ? (replayed / elapsedMs) * 1_000 : null;
  const perSecond = Math.min(observed ?? Number.POSITIVE_INFINITY, ratePerSecond ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(perSecond) ? Math.round(nowMs + (remaining / perSecond) * 1_000) : null;
}
