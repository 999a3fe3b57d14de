/**
 * Keeps rounds of a loop apart: the returned function resolves at once when the last round began at least `intervalMs`
 * ago, else as soon as it did. Under load a statement then serves many rows instead of one; after a quiet time
 * nothing waits. `monotonicMs` only goes forward.
 */
export function createPace(intervalMs: number, monotonicMs: () => number): () => Promise<void> {
  let beganAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const waitMs = beganAtMs + intervalMs - monotonicMs();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    beganAtMs = monotonicMs();
  };
}
