/** What streams go by. */
export interface StreamSettings {
  /** How long a receiver has for its answer, as endpoints have. */
  attemptTimeoutMs: number;
  /** The retry schedule, as dispatchers use it. */
  scheduleMs: readonly number[];
}

/** Beyond the attempt: for the way there and back. */
const wayMs = 45_000;

/** How long a delivery is a reader's own. */
export const leaseMs = ({ attemptTimeoutMs }: StreamSettings): number => attemptTimeoutMs + wayMs;
