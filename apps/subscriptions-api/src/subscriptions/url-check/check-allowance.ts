import { urlChecksPerMinute } from "@carewire/contracts";
import { createBoundedMap } from "@carewire/service-kit";

const burstMs = 60_000;
const costMs = burstMs / urlChecksPerMinute;
const organizationsMax = 10_000;

/**
 * What each organization may still check, in this process: name servers and strangers' machines are not to be asked as
 * often as somebody likes. Returns how many seconds to wait; 0: go on.
 */
export function createCheckAllowance(): (organizationId: string, nowMs: number) => number {
  const wholeAt = createBoundedMap<string, number>(organizationsMax);
  return (organizationId, nowMs) => {
    const nextMs = Math.max(nowMs, wholeAt.get(organizationId) ?? 0) + costMs;
    const tooEarlyMs = nextMs - nowMs - burstMs;
    if (tooEarlyMs > 0) return Math.ceil(tooEarlyMs / 1_000);
    wholeAt.set(organizationId, nextMs);
    return 0;
  };
}
