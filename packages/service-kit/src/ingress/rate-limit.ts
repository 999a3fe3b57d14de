import type { Clock } from "@carewire/envelope";

export interface RateLimitOptions {
  /** Requests per second in the long run. */
  ratePerSecond: number;
  /** Requests that may come at once after a quiet time. */
  burst: number;
  clock: Clock;
}

/** Takes one request's token. Returns null, or after how many seconds there will be one again. */
export type RateLimit = () => number | null;

/** A token bucket of this process alone: several processes of one app each allow the rate. Starts full. */
export function createRateLimit({ ratePerSecond, burst, clock }: RateLimitOptions): RateLimit {
  let tokens = burst;
  let filledAtMs = clock.now();
  return () => {
    const nowMs = clock.now();
    // A clock set back must neither empty nor fill it.
    const elapsedSeconds = Math.max(0, nowMs - filledAtMs) / 1_000;
    tokens = Math.min(burst, tokens + elapsedSeconds * ratePerSecond);
    filledAtMs = nowMs;
    if (tokens < 1) return Math.ceil((1 - tokens) / ratePerSecond);
    tokens -= 1;
    return null;
  };
}
