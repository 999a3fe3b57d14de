/** Runs something once for all who want its result at the same time. */
export interface SingleFlight<Result> {
  /**
   * The result of `run` for `key`. Callers with the same `key` and `cause` share one run. One with another cause does not
   * join a run that began before it came, because that may bring what was true before its cause: it shares the next run
   * with all who come meanwhile. A caller that is aborted leaves; the run is aborted when nobody is left.
   */
  join(options: Join<Result>): Promise<Result>;
}

export interface Join<Result> {
  key: string;
  /** What made the caller ask, such as an event's id. */
  cause: string;
  run: (signal: AbortSignal) => Promise<Result>;
  signal?: AbortSignal | undefined;
}

interface Flight<Result> {
  causes: Set<string>;
  waiting: number;
  stop: AbortController;
  result: Promise<Result>;
  next: Flight<Result> | null;
}

/** Makes a {@link SingleFlight}. It keeps nothing once its runs have ended. */
export function createSingleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>();

  function begin(options: Join<Result>, before: Flight<Result> | null): Flight<Result> {
    const flight = startFlight(options, before, () => {
      if (flights.get(options.key) !== flight) return;
      if (flight.next === null) flights.delete(options.key);
      else flights.set(options.key, flight.next);
    });
    return flight;
  }

  function find(options: Join<Result>): Flight<Result> {
    const current = flights.get(options.key);
    if (current === undefined || current.stop.signal.aborted) {
      const flight = begin(options, null);
      flights.set(options.key, flight);
      return flight;
    }
    if (current.causes.has(options.cause)) return current;
    if (current.next === null || current.next.stop.signal.aborted) current.next = begin(options, current);
    current.next.causes.add(options.cause);
    return current.next;
  }

  return {
    async join(options) {
      const { signal } = options;
      signal?.throwIfAborted();
      const flight = find(options);
      flight.waiting += 1;
      try {
        return await (signal === undefined ? flight.result : raceAbort(flight.result, signal));
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0) flight.stop.abort();
      }
    },
  };
}

/** Begins when the flight before it has ended; calls `end` before its own result is seen. */
function startFlight<Result>(
  { cause, run }: Join<Result>,
  before: Flight<Result> | null,
  end: () => void,
): Flight<Result> {
  const stop = new AbortController();
  const begun = before === null ? Promise.resolve() : before.result.then(ignore, ignore);
  const result = begun
    .then(() => {
      stop.signal.throwIfAborted();
      return run(stop.signal);
    })
    .finally(end);
  // Nobody may be waiting any more when it fails.
  result.catch(ignore);
  return { causes: new Set([cause]), waiting: 0, stop, result, next: null };
}

function ignore(): void {}

function raceAbort<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}
