/** How an endpoint has failed, as written down. Moments are Unix milliseconds. */
export interface FailingEndpoint {
  failingSinceMs: number;
  lastFailureAtMs: number;
  /** Thresholds its owner was already warned of. */
  warnings: number;
}

export interface HealthPolicy {
  /** Failing for so long is told to the owner, ascending. */
  warnAfterMs: readonly number[];
  /** Failing for so long switches the endpoint off. */
  disableAfterMs: number;
}

export type HealthStep = { step: "none" } | { step: "warn"; warnings: number } | { step: "disable" };

const hourMs = 3_600_000;

/** Warnings after an hour and at half time; sooner when the whole time is short. */
export function healthPolicy(disableAfterMs: number): HealthPolicy {
  return { warnAfterMs: [Math.min(hourMs, disableAfterMs / 4), disableAfterMs / 2], disableAfterMs };
}

/**
 * What is due for an endpoint that has only failed since `failingSinceMs`. What counts is the time between the first
 * failure and the last: one failure long ago and nothing sent since says nothing about today. Pure.
 */
export function nextHealthStep(endpoint: FailingEndpoint, policy: HealthPolicy): HealthStep {
  const failingMs = endpoint.lastFailureAtMs - endpoint.failingSinceMs;
  if (failingMs >= policy.disableAfterMs) return { step: "disable" };
  const warnings = policy.warnAfterMs.filter((afterMs) => failingMs >= afterMs).length;
  return warnings > endpoint.warnings ? { step: "warn", warnings } : { step: "none" };
}
