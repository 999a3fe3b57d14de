const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** When a payment is looked at that no callback ever tells about, since it could first be looked at; then every hour. */
const firstLooksMs: readonly number[] = [
  15 * seconds,
  30 * seconds,
  1 * minutes,
  2 * minutes,
  5 * minutes,
  10 * minutes,
  20 * minutes,
];

/** How long a payment is looked at before nobody expects an answer any more. */
export const lookingEndsMs = 24 * hours;

/**
 * The next look after one at `nowMs` that settled nothing; null when that was the last. Looks that were missed are not
 * made up for.
 */
export function nextLookAtMs(startedAtMs: number, nowMs: number): number | null {
  const elapsedMs = Math.max(0, nowMs - startedAtMs);
  const first = firstLooksMs.find((ms) => ms > elapsedMs);
  if (first !== undefined) return startedAtMs + first;
  const nextMs = (Math.floor(elapsedMs / hours) + 1) * hours;
  return nextMs > lookingEndsMs ? null : startedAtMs + nextMs;
}
