import type { Clock } from "@carewire/envelope";

export interface Deadline {
  atMs: number;
  /** Set to null when it is no longer needed; the list keeps the entry for its time, but not what hangs on it. */
  expire: (() => void) | null;
}

export interface Deadlines {
  /** Calls `expire` once, `delayMs` from now, unless it was set to null before. */
  add(expire: () => void): Deadline;
  stop(): void;
}

const tickMs = 20;

/**
 * One timer for thousands of requests: all share the same delay, so the list is a queue in order of expiry.
 * A timer or an AbortSignal per request costs more than the request's signature.
 */
export function createDeadlines({ clock, delayMs }: { clock: Clock; delayMs: number }): Deadlines {
  let queue: Deadline[] = [];
  let head = 0;
  const timer = setInterval(sweep, tickMs);
  timer.unref();

  function sweep(): void {
    const nowMs = clock.now();
    for (; head < queue.length; head++) {
      const deadline = queue[head] as Deadline;
      if (!deadline.expire) continue;
      if (deadline.atMs > nowMs) break;
      const { expire } = deadline;
      deadline.expire = null;
      expire();
    }
    if (head > 1_024) {
      queue = queue.slice(head);
      head = 0;
    }
  }

  return {
    add(expire) {
      const deadline = { atMs: clock.now() + delayMs, expire };
      queue.push(deadline);
      return deadline;
    },
    stop: () => clearInterval(timer),
  };
}
