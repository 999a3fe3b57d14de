/** Runs `work` for a key unless it is running already; then callers share the run's result, or its failure. */
export type SingleFlight<V> = (key: string, work: () => Promise<V>) => Promise<V>;

/** Creates a {@link SingleFlight}; nothing is remembered once a run has settled. */
export function createSingleFlight<V>(): SingleFlight<V> {
  const running = new Map<string, Promise<V>>();
  return (key, work) => {
    const shared = running.get(key);
    if (shared !== undefined) return shared;
    const run = work().finally(() => running.delete(key));
    running.set(key, run);
    return run;
  };
}
