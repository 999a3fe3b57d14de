import { probesPerMinute } from "@carewire/contracts";

const burstMs = 60_000;
const costMs = burstMs / probesPerMinute;

/** Whether one more ping or test may be made: until when the allowance is not whole then, or when to come back. */
export type Allowance = { ok: true; until: Date } | { ok: false; retryAfterSeconds: number };

/**
 * Takes one ping or test from a subscription's allowance. `until` is the one moment that has to be kept: the allowance
 * fills up steadily and is whole again then (a leaky bucket, as GCRA counts it).
 */
export function takeAllowance(until: Date | null, now: Date): Allowance {
  const nowMs = now.getTime();
  const nextMs = Math.max(nowMs, until?.getTime() ?? 0) + costMs;
  const tooEarlyMs = nextMs - nowMs - burstMs;
  if (tooEarlyMs > 0) return { ok: false, retryAfterSeconds: Math.ceil(tooEarlyMs / 1_000) };
  return { ok: true, until: new Date(nextMs) };
}
