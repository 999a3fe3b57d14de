/** An endpoint's circuit breaker. Times are milliseconds of a clock that only goes forward. */
export type Breaker =
  | { state: "closed"; failures: number }
  /** Nothing is sent until then. `opens` counts the pauses in a row; one the endpoint asked for is none of them. */
  | { state: "open"; opens: number; untilMs: number }
  /** One delivery finds out; `probing` while it is under way. */
  | { state: "half_open"; opens: number; untilMs: number; probing: boolean };

/** What happened to an endpoint. `probe`: it happened to the delivery that was let through to find out. */
export type BreakerEvent =
  | { kind: "succeeded" | "failed" | "not_sent"; probe: boolean }
  /** The endpoint works and wants less: 429, or 503 with Retry-After. `pauseMs`: as long as it asked for. */
  | { kind: "throttled"; probe: boolean; pauseMs: number | null }
  /** Time passed. */
  | { kind: "looked_at" }
  | { kind: "probe_sent" };

export interface BreakerSettings {
  /** Failures in a row that open it. More than the attempts of one delivery, so that no single message can. */
  failuresMax: number;
  /** The first pause; each one that follows a failed probe is twice as long, up to `pauseMsMax`. */
  pauseMs: number;
  pauseMsMax: number;
}

export const defaultBreakerSettings: BreakerSettings = {
  failuresMax: 10,
  pauseMs: 1_000,
  pauseMsMax: 300_000,
};

export const closedBreaker: Breaker = { state: "closed", failures: 0 };

/** Pauses are lengthened by up to this share, so that endpoints that broke together are not probed together. */
const jitter = 0.2;

/**
 * What an event makes of a breaker. Pure: the same arguments always give the same answer, and the same object when
 * nothing changes. `random` is in [0, 1).
 */
export function nextBreaker(
  breaker: Breaker,
  event: BreakerEvent,
  nowMs: number,
  random: number,
  settings: BreakerSettings,
): Breaker {
  switch (breaker.state) {
    case "closed":
      return whenClosed(breaker, event, nowMs, random, settings);
    case "open":
      return whenOpen(breaker, event, nowMs, settings);
    case "half_open":
      return whenHalfOpen(breaker, event, nowMs, random, settings);
  }
}

function whenClosed(
  breaker: Extract<Breaker, { state: "closed" }>,
  event: BreakerEvent,
  nowMs: number,
  random: number,
  settings: BreakerSettings,
): Breaker {
  switch (event.kind) {
    case "succeeded":
      return breaker.failures === 0 ? breaker : closedBreaker;
    case "failed":
      return breaker.failures + 1 < settings.failuresMax
        ? { state: "closed", failures: breaker.failures + 1 }
        : opened(1, nowMs, random, settings);
    case "throttled":
      return event.pauseMs === null ? breaker : paused(0, event.pauseMs, nowMs, settings);
    default:
      return breaker;
  }
}

/** Answers to what was sent before it opened say nothing new; a success of a ping does. */
function whenOpen(
  breaker: Extract<Breaker, { state: "open" }>,
  event: BreakerEvent,
  nowMs: number,
  settings: BreakerSettings,
): Breaker {
  switch (event.kind) {
    case "looked_at":
      return nowMs < breaker.untilMs ? breaker : { ...breaker, state: "half_open", probing: false };
    case "succeeded":
      return event.probe ? closedBreaker : breaker;
    case "throttled": {
      const asked = paused(breaker.opens, event.pauseMs ?? 0, nowMs, settings);
      return asked.untilMs > breaker.untilMs ? asked : breaker;
    }
    default:
      return breaker;
  }
}

function whenHalfOpen(
  breaker: Extract<Breaker, { state: "half_open" }>,
  event: BreakerEvent,
  nowMs: number,
  random: number,
  settings: BreakerSettings,
): Breaker {
  if (event.kind === "probe_sent") return { ...breaker, probing: true };
  if (event.kind === "looked_at" || !event.probe) return breaker;
  switch (event.kind) {
    case "succeeded":
      return closedBreaker;
    case "failed":
      return opened(breaker.opens + 1, nowMs, random, settings);
    case "throttled":
      return event.pauseMs === null
        ? opened(Math.max(1, breaker.opens), nowMs, random, settings)
        : paused(breaker.opens, event.pauseMs, nowMs, settings);
    case "not_sent":
      return { ...breaker, probing: false };
  }
}

function opened(opens: number, nowMs: number, random: number, settings: BreakerSettings): Breaker {
  // The exponent is bounded: two to the power of a thousand is no number of milliseconds.
  const pauseMs = Math.min(settings.pauseMsMax, settings.pauseMs * 2 ** Math.min(opens - 1, 30));
  return { state: "open", opens: Math.min(opens, 32_767), untilMs: nowMs + pauseMs * (1 + jitter * random) };
}

/** The pause an endpoint asked for, within reason. */
function paused(opens: number, pauseMs: number, nowMs: number, settings: BreakerSettings) {
  return { state: "open" as const, opens, untilMs: nowMs + Math.min(settings.pauseMsMax, pauseMs) };
}
