/**
 * Whose turn it is to handle a delivery that may end the process. One for all consumers of a process: while one such
 * delivery is handled no other is, so a process that ends then knows whom to blame.
 */
export interface SuspectTurn {
  /** True when nobody has the turn; then the caller does, until it gives it back. */
  take(): boolean;
  giveBack(): void;
}

export function createSuspectTurn(): SuspectTurn {
  let taken = false;
  return {
    take() {
      if (taken) return false;
      taken = true;
      return true;
    },
    giveBack() {
      taken = false;
    },
  };
}
