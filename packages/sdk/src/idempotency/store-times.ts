/** How long a store remembers. */
export interface StoreTimes {
  /**
   * For how long a claim is held when nobody commits or releases it, in seconds; default 60. Longer than your handler may
   * run: when it is over, another process may claim the event.
   */
  leaseSeconds?: number;
  /** For how long a processed event is known, in seconds; default 7 days. Replays that come later are processed again. */
  ttlSeconds?: number;
}

const weekSeconds = 7 * 24 * 3_600;
const yearSeconds = 366 * 24 * 3_600;

/** Both in milliseconds. Throws when one of them is no time a store can keep. */
export function storeTimesMs({ leaseSeconds = 60, ttlSeconds = weekSeconds }: StoreTimes): {
  leaseMs: number;
  ttlMs: number;
} {
  return { leaseMs: toMs("leaseSeconds", leaseSeconds), ttlMs: toMs("ttlSeconds", ttlSeconds) };
}

function toMs(name: string, seconds: number): number {
  const ms = Math.round(seconds * 1_000);
  if (ms >= 1 && ms <= yearSeconds * 1_000) return ms;
  throw new RangeError(`${name} must be a number of seconds above 0, a year at most`);
}
