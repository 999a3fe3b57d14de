/** Waits until it is the caller's turn; whoever got it calls `end`, once, when the next one may go on. */
export type TakeTurn = () => Promise<{ end(): void }>;

/** Lets one at a time go on, in the order in which they asked. */
export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    await before;
    return { end: resolve };
  };
}
