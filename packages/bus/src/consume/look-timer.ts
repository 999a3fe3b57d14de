import type { Clock } from "@carewire/envelope";

/** Retries due within this time are waited for exactly; later ones are found by polling. */
const timedRetryMsMax = 60_000;

export interface LookTimerOptions {
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  pollMs: number;
}

/** Retries due within the same ten milliseconds share a look, so that there are 6,000 times to remember at most. */
const stepMs = 10;

/** When to look for due deliveries although nobody said that there are any. */
export interface LookTimer {
  /** Remembers a retry of our own making; true when it should shorten the sleep. */
  retryIn(delayMs: number): boolean;
  /** How long to sleep now: until the earliest such retry, not at all once it is due, or the next poll (± 50 %). */
  sleepMs(): number;
}

export function createLookTimer({ clock, random, pollMs }: LookTimerOptions): LookTimer {
  /** Ascending, each once. */
  const dueAtMs: number[] = [];
  return {
    retryIn(delayMs) {
      if (delayMs > timedRetryMsMax) return false;
      const atMs = Math.ceil((clock.now() + delayMs) / stepMs) * stepMs;
      const later = dueAtMs.findIndex((known) => known >= atMs);
      if (dueAtMs[later] === atMs) return false;
      const position = later === -1 ? dueAtMs.length : later;
      dueAtMs.splice(position, 0, atMs);
      return position === 0;
    },
    sleepMs() {
      const untilPollMs = pollMs * (0.5 + random());
      const nowMs = clock.now();
      const [earliestMs = Number.POSITIVE_INFINITY] = dueAtMs;
      if (earliestMs > nowMs) return Math.min(earliestMs - nowMs, untilPollMs);
      // Forgotten only now: whatever ended a sleep early, there is a look after these retries came due.
      const later = dueAtMs.findIndex((atMs) => atMs > nowMs);
      dueAtMs.splice(0, later === -1 ? dueAtMs.length : later);
      return 0;
    },
  };
}
