/** A bounded number of things done at the same time. */
export interface WorkSlots<Item> {
  free(): number;
  inFlight(): number;
  /** Starts work on items, at most as many as slots are free. */
  fill(items: Item[]): void;
  /** Resolves when what is in flight now has ended. */
  drained(): Promise<void>;
}

/** `work` must not reject; `onFree` is called after each end. */
export function createWorkSlots<Item>(
  count: number,
  work: (item: Item) => Promise<void>,
  onFree: () => void,
): WorkSlots<Item> {
  const running = new Set<Promise<void>>();

  function start(item: Item): void {
    const ending = work(item).then(() => {
      running.delete(ending);
      onFree();
    });
    running.add(ending);
  }

  return {
    free: () => count - running.size,
    inFlight: () => running.size,
    fill(items) {
      for (const item of items) start(item);
    },
    drained: async () => void (await Promise.all(running)),
  };
}
