/** Where "now" comes from; passed in so that tests can move time. `now()` is Unix time in milliseconds. */
export interface Clock {
  now(): number;
}

/** The machine's clock. Only `main.ts` and `worker.ts` files should reach for it. */
export const systemClock: Clock = { now: () => Date.now() };
