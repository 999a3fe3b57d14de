import type { SendOutcome } from "../outcome/send-outcome.ts";
import type { AttemptPosition, Decision } from "./decide.ts";

const delayMsMin = 1_000;
const delayMsMax = 60_000;
const jitter = 0.2;
/**
 * A proxy that refuses one destination may mean that the destination is dead and not say so. After this many tries
 * (a quarter of an hour) it is held against the endpoint, or its deliveries would never end.
 */
export const unblamedMax = 20;

/**
 * What follows a failure of the egress proxy: the same again soon, after 1 s, 2 s, 4 s … 60 s, using no step of the
 * schedule. null when the proxy has refused this destination so often that the endpoint's own rules apply. Pure.
 */
export function proxyRetry(
  outcome: Extract<SendOutcome, { kind: "proxy_failed" }>,
  position: AttemptPosition,
  random: number,
): Extract<Decision, { step: "retry" }> | null {
  const unblamed = Math.max(0, position.attempt - 1 - position.retries);
  if (outcome.fault === "destination" && unblamed >= unblamedMax) return null;
  const backoffMs = Math.min(delayMsMax, delayMsMin * 2 ** Math.min(unblamed, 10));
  const delayMs = Math.round(backoffMs * (1 - jitter + 2 * jitter * random));
  const reason = `${outcome.detail}; not counted as an attempt of the endpoint, again soon`;
  return { step: "retry", delayMs, retries: position.retries, reason };
}
