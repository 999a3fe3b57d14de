/** Counts what request bodies hold of memory together. */
export interface HeldBytes {
  /** False when there is no room for so many more; nothing is taken then. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Room for `bytesMax` bytes. */
export function createHeldBytes(bytesMax: number): HeldBytes {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > bytesMax) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
  };
}
