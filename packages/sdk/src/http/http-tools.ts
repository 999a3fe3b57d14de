/** What requests are made with; each may be replaced, in tests or on runtimes of their own. */
export interface HttpTools {
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** In [0, 1); spreads retries. Default: `Math.random`. */
  random?: () => number;
  /** The time in milliseconds. Default: `Date.now`. */
  now?: () => number;
  /** Waits; rejects with the signal's reason when that is aborted. Default: a timer. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** {@link HttpTools} with everything in place. */
export function completeTools(tools: HttpTools): Required<HttpTools> {
  return {
    // Looked up for every request: instrumentation replaces the global one after this module is loaded.
    fetch: tools.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    random: tools.random ?? Math.random,
    now: tools.now ?? Date.now,
    sleep: tools.sleep ?? sleepWithTimer,
  };
}

function sleepWithTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(finish, ms);
    signal?.addEventListener("abort", give, { once: true });
    function finish(): void {
      signal?.removeEventListener("abort", give);
      resolve();
    }
    function give(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
  });
}
