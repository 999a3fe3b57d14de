import type { Clock } from "@carewire/envelope";

/** Retries due within this time are waited for exactly; later ones are found by polling. */
const timedRetryMsMax = 60_000;

export interface LookTimerOptions {
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  pollMs: number;
}

/** When to look for due deliveries although nobody said that there are any. */
export interface LookTimer {
  /** Remembers a retry of our own making; true when it should shorten the sleep. */
  retryIn(delayMs: number): boolean;
  /** How long to sleep now: until the earliest such retry, not at all once it is due, or the next poll (± 50 %). */
  sleepMs(): number;
}

/** Keeps the earliest retry only: whatever is due after it is found by the look that follows, or by polling. */
export function createLookTimer({ clock, random, pollMs }: LookTimerOptions): LookTimer {
  let retryAtMs = Number.POSITIVE_INFINITY;
  return {
    retryIn(delayMs) {
      if (delayMs > timedRetryMsMax) return false;
      const atMs = clock.now() + delayMs;
      if (atMs >= retryAtMs) return false;
      retryAtMs = atMs;
      return true;
    },
    sleepMs() {
      const untilPollMs = pollMs * (0.5 + random());
      const untilRetryMs = retryAtMs - clock.now();
      if (untilRetryMs > 0) return Math.min(untilRetryMs, untilPollMs);
      // Forgotten only now: whatever ended a sleep early, there is a look after the retry came due.
      retryAtMs = Number.POSITIVE_INFINITY;
      return 0;
    },
  };
}
