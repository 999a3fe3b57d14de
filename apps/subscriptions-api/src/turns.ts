import { setImmediate } from "node:timers/promises";

/** Resolves when it is this caller's turn. */
export type NextTurn = () => Promise<void>;

/** Long work in slices: of all who share it one slice runs between two looks at what else has arrived, in order. */
export function createTurns(): NextTurn {
  let last: Promise<unknown> = Promise.resolve();
  return async () => {
    last = last.then(() => setImmediate());
    await last;
  };
}
