import { type Breaker, closedBreaker } from "./breaker.ts";
import { startLimit } from "./in-flight-limit.ts";

/** What is left of a rate limit, as far as this process knows. The truth is in the database. */
export interface Quota {
  /** Requests that may leave before `refillAtMs`, and how many from then on. */
  free: number;
  refill: number;
  refillAtMs: number;
  /** Of those free, these were taken out of the limit already, to be used before `aheadUntilMs`. */
  ahead: number;
  aheadUntilMs: number;
}

/** What admission remembers of an endpoint. */
export interface Endpoint {
  id: string;
  shard: number;
  limit: number;
  inFlight: number;
  /** Its last answers timed out, or one is overdue right now. */
  slow: boolean;
  /** The last claim returned as many rows as were offered, so more are probably waiting. */
  backlogged: boolean;
  breaker: Breaker;
  /** null: it has no rate limit, or none was met yet. */
  quota: Quota | null;
}

export const newEndpoint = (id: string, shard: number): Endpoint => ({
  id,
  shard,
  limit: startLimit,
  inFlight: 0,
  slow: false,
  backlogged: false,
  breaker: closedBreaker,
  quota: null,
});

/** Requests that may go to the endpoint now beside those in flight. */
export function freeSlots(endpoint: Endpoint, nowMs: number): number {
  const { breaker, quota } = endpoint;
  if (breaker.state === "open") return 0;
  const free =
    breaker.state === "half_open"
      ? breaker.probing
        ? 0
        : 1
      : Math.max(0, endpoint.limit - endpoint.inFlight);
  if (quota === null) return free;
  return Math.min(free, nowMs < quota.refillAtMs ? quota.free : Math.max(quota.free, quota.refill));
}

/** Its circuit breaker is open: its shard is looked at when the pause is over. */
export const isPaused = ({ breaker }: Endpoint, nowMs: number): boolean =>
  breaker.state === "open" && nowMs < breaker.untilMs;

/** A restricted endpoint is offered less than others; one that stays idle for so long afterwards is not any more. */
const idleMsMax = 600_000;

/** The endpoint must be named in offers, because the default offer would be too much. */
export function isRestricted({ breaker, quota, inFlight, slow }: Endpoint, nowMs: number): boolean {
  if (inFlight > 0 || slow) return true;
  if (breaker.state !== "closed") return nowMs < breaker.untilMs + idleMsMax;
  return quota !== null && nowMs < quota.refillAtMs + idleMsMax;
}
